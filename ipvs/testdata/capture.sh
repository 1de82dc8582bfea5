#!/bin/sh
# capture.sh - leaves in /out what a director says of itself: its files in
# /proc, its answers over netlink, and what ipvsadm prints of the same moment.
#
#   go build -o bin/ ./lab/cmd/... && CGO_ENABLED=0 go build -o bin/ ./ipvs/testdata/capture
#   bin/lab --kernel=6.12 run --file=bin/labtool --file=bin/capture --out=ipvs/testdata/6.12 -- ipvs/testdata/capture.sh
set -eu

director() { ip netns exec director "$@"; }
client() { ip netns exec client "$@"; }

# services makes one of each kind, and daemons that keep server1 informed of
# the director's connections.
services() {
  modprobe ip_vs_ftp
  director ipvsadm -R <<END
-A -t 10.0.1.100:80 -s wrr
-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 2 -x 3 -y 2
-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 65535 -x 500
-a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 0
-A -t 10.0.1.100:81 -s wlc -p 300 -M 255.255.255.0
-a -t 10.0.1.100:81 -r 10.0.2.11:8080 -m -w 5
-A -t [fd00:1::100]:80 -s sh -b sh-port -p 2678400 -M 64
-a -t [fd00:1::100]:80 -r [fd00:2::11]:8080 -m -w 3
-a -t [fd00:1::100]:80 -r [fd00:2::12]:8080 -m -w 4
-A -t 10.0.1.100:21 -s rr
-a -t 10.0.1.100:21 -r 10.0.2.13:8080 -m
-A -t 10.0.1.100:22 -s nq
-a -t 10.0.1.100:22 -r 10.0.2.99:22 -m
-A -t 10.0.1.100:443 -s mh -b mh-fallback
-A -u 10.0.1.100:53 -s sed
-a -u 10.0.1.100:53 -r 10.0.2.11:53 -m
-A -u 10.0.1.100:514 -s rr -o
-a -u 10.0.1.100:514 -r 10.0.2.11:514 -g
-A --sctp-service 10.0.1.100:9000 -s lc
-a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -i --tun-type gue --tun-port 6080
-A -f 258 -s rr -p 60
-a -f 258 -r 10.0.2.11:0 -m
-A -f 258 -6 -s lblc
-a -f 258 -6 -r [fd00:2::11]:0 -m -w 9
END
  director iptables -t mangle -A PREROUTING -p tcp --dport 82 -j MARK --set-mark 258
  director ipvsadm --set 1000 130 310
  ip netns exec server1 ipvsadm --start-daemon backup --mcast-interface lan0 --syncid 7
  director ipvsadm --start-daemon master --mcast-interface lan0 --syncid 7
}

# traffic leaves connections in many states: that to port 21 stays open, that
# to port 22 half-open, and nobody listens at port 82.
traffic() {
  ip netns exec server3 wget -qO /dev/null --post-data= 'http://127.0.0.1:8080/set?service_time=300s'
  client wget -qO /dev/null http://10.0.1.100:21/ &
  client timeout 1 wget -qO /dev/null http://10.0.1.100:22/ || true
  client wget -qO /dev/null http://10.0.1.100:82/ || true
  client nslookup -type=a name 10.0.1.100 >/dev/null 2>&1 &
  client labtool load --rate=60 --requests=12 http://10.0.1.100:80/ >/dev/null
  client labtool load --rate=60 --requests=5 http://10.0.1.100:81/ >/dev/null
  client labtool load --rate=60 --requests=7 'http://[fd00:1::100]:80/' >/dev/null
}

printed() {
  for options in '' '--stats --exact' '--rate --exact' --thresholds --persistent-conn --timeout --daemon; do
    echo "ipvsadm -L -n $options"
    # shellcheck disable=SC2086 # several words
    director ipvsadm -L -n $options
  done
}

proc_files() {
  for file in ip_vs ip_vs_stats ip_vs_stats_percpu ip_vs_app ip_vs_conn_sync; do
    director cat "/proc/net/$file" >"$1/proc/net/$file"
  done
}

# moment captures everything, and fails where a number has moved meanwhile.
moment() {
  printed >"$1/ipvsadm"
  proc_files "$1"
  director capture "$1/netlink"
  printed | cmp -s - "$1/ipvsadm"
}

nat.sh 3
services
traffic
sleep 5 # counters lag by two seconds, and by more while the kernel calibrates them
mkdir -p /out/proc/net /out/proc/sys/kernel /out/netlink
until moment /out; do :; done
ip netns exec server1 cat /proc/net/ip_vs_conn_sync >/out/ip_vs_conn_sync.backup
director sh -c 'cd /proc/sys/net/ipv4/vs && grep -H "" *' >/out/sysctls
cp /proc/sys/kernel/osrelease /proc/sys/kernel/version /out/proc/sys/kernel/
