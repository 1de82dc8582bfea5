#!/bin/sh
# director.sh - a director with something in every kind of series, and its
# exporter with every collector, until the machine is stopped.
set -eu
nat.sh 2
modprobe -a ip_vs_ftp nf_tables
ip netns exec director ipvsadm -R <<END
-A -t 10.0.1.100:80 -s wrr
-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 2 -x 500 -y 400
-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m
-A -t [fd00:1::100]:80 -s wlc -p 60 -M 64
-a -t [fd00:1::100]:80 -r [fd00:2::11]:8080 -m -w 0
-A -u 10.0.1.100:53 -s rr -o
-A --sctp-service 10.0.1.100:9000 -s lc
-a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -i --tun-type gue --tun-port 6080
-A -f 258 -s rr
-a -f 258 -r 10.0.2.11:0 -m
END
ip netns exec director ipvsadm --start-daemon master --mcast-interface lan0 --syncid 7
ip netns exec client labtool load --rate=10 --requests=20 http://10.0.1.100/ >/dev/null
exec ip netns exec director ipvs-exporter --ipvs.netns='/run/netns/server*' \
  --collector.rates --collector.connections --collector.percpu
