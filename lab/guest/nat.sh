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
servers=$(seq "${1:-3}" | sed 's/^/server/')

wire() {
  for name in client director $servers; do echo "netns add $name"; done
  cable client wan0 director wan0
  for name in $servers; do cable "$name" lan0 director "$name"; done
}

# nodad: an IPv6 address is of use at once, not only when it is known that no
# other host has it.
director() {
  cat <<END
link add lan0 type bridge
addr add 10.0.1.1/24 dev wan0
addr add 10.0.1.100/32 dev wan0
addr add fd00:1::1/64 dev wan0 nodad
addr add fd00:1::100/128 dev wan0 nodad
addr add 10.0.2.1/24 dev lan0
addr add fd00:2::1/64 dev lan0 nodad
link set lo up
link set wan0 up
link set lan0 up
END
  for name in $servers; do echo "link set $name master lan0 up"; done
}

modprobe ip_vs
clear_network
wire | ip -batch -
director | ip -n director -batch -
on director sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
expose director
client | ip -n client -batch -
for name in $servers; do
  neighbour "$((10 + ${name#server}))" | ip -n "$name" -batch -
  serve "$name"
done
for name in $servers; do await client "http://10.0.2.$((10 + ${name#server})):8080/stat"; done
