#!/bin/sh
# dashboards.sh - a director on which all happens that the dashboards show, and
# both programs, until the machine is stopped: a tuned service with a slow
# server, a threshold and a quiescent server, a persistent one, one that cannot
# be tuned, and a sync daemon.
set -eu
# shellcheck source=/dev/null
. /lab/lib.sh
nat.sh 4
on director ipvsadm -R <<END
-A -t 10.0.1.100:80 -s wrr
-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 100 -x 500 -y 400
-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 100
-a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 100
-a -t 10.0.1.100:80 -r 10.0.2.14:8080 -m -w 100
-A -t [fd00:1::100]:80 -s wlc -p 60
-a -t [fd00:1::100]:80 -r [fd00:2::13]:8080 -m
-a -t [fd00:1::100]:80 -r [fd00:2::14]:8080 -m
-A -u 10.0.1.100:53 -s rr
-a -u 10.0.1.100:53 -r 10.0.2.11:53 -m
-a -u 10.0.1.100:53 -r 10.0.2.12:53 -m
END
on director ipvsadm --start-daemon master --mcast-interface lan0 --syncid 7
for i in 1 2 3 4; do
  on "server$i" wget -qO /dev/null --post-data= \
    "http://127.0.0.1:8080/set?service_time=$((i == 2 ? 80 : 40))ms&distribution=exponential&workers=1"
done
# Before the clients: see onOneProcessor in ../../pages_test.go.
on director ipvs-exporter --collector.latency &
on director weight-tuner run --config.file=/lab/dashboards.yaml &
for port in 9975 9976; do await director "http://127.0.0.1:$port/"; done
# Little and much in turn, so that it is soon known what the servers bear, and
# more at first than the slow one does.
on client labtool load --rate=20 --duration=10m --timeout=1m http://10.0.1.100/ >/dev/null &
while :; do
  on client labtool load --rate=25 --duration=20s --timeout=1m http://10.0.1.100/ >/dev/null
  sleep 15
done &
on client labtool load --rate=2 --duration=10m 'http://[fd00:1::100]/' >/dev/null &
until on director ipvsadm -Ln | grep -q '10.0.2.14:8080 .* 100 .*[1-9]'; do sleep 0.05; done
on director ipvsadm -e -t 10.0.1.100:80 -r 10.0.2.14:8080 -m -w 0
wait
