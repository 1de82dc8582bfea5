#!/bin/sh
# nat.sh [N] - a director between a client and N real servers (3), as
# masquerading wants it: the servers answer through the director.
#
#   client     10.0.1.2   fd00:1::2
#   director   10.0.1.1   fd00:1::1    wan0, to the client
#              10.0.2.1   fd00:2::1    lan0, to the servers
#              10.77.0.15              eth0, to the host: forwarded ports end here
#   server1    10.0.2.11  fd00:2::11
#   server2    10.0.2.12  fd00:2::12   and so on
#
# The director also owns 10.0.1.100 and fd00:1::100, for virtual services. The
# servers serve HTTP on port 8080. A network built before is replaced.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

client() {
  namespace client
  cable client wan0 director wan0
  address client wan0 10.0.1.2/24 fd00:1::2/64
  gateway client 10.0.1.1 fd00:1::1
}

director() {
  namespace director
  bridge_in director lan0
  address director lan0 10.0.2.1/24 fd00:2::1/64
  on director sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  expose director
}

server() {
  namespace "server$1"
  cable "server$1" lan0 director "server$1"
  on director ip link set "server$1" master lan0
  address "server$1" lan0 "10.0.2.$((10 + $1))/24" "fd00:2::$((10 + $1))/64"
  gateway "server$1" 10.0.2.1 fd00:2::1
  serve "server$1"
}

modprobe ip_vs
clear_network
director
client
address director wan0 10.0.1.1/24 fd00:1::1/64 10.0.1.100/32 fd00:1::100/128
for i in $(seq "${1:-3}"); do server "$i"; done
