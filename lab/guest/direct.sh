#!/bin/sh
# direct.sh [N] - a director and N real servers (3) beside one another behind a
# router, as direct routing and tunnels want it: the servers answer the client
# without the director.
#
#   client     10.0.1.2    fd00:1::2
#   router     10.0.1.1    fd00:1::1    wan0, to the client
#              10.0.2.1    fd00:2::1    lan0, to the others
#   director   10.0.2.10   fd00:2::10
#   server1    10.0.2.11   fd00:2::11
#   server2    10.0.2.12   fd00:2::12   and so on
#
# For virtual services the director has three more addresses: 10.0.2.100 and
# fd00:2::100 for direct routing, which the servers have on lo, and 10.0.2.101
# for IP in IP, which they have at the end of the tunnel; of neither do they
# tell their neighbours. 10.0.2.102 is the director's alone. A network built
# before is replaced.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
servers=$(seq "${1:-3}" | sed 's/^/server/')

wire() {
  for name in client router director $servers; do echo "netns add $name"; done
  cable client wan0 router wan0
  for name in director $servers; do cable "$name" lan0 router "$name"; done
}

router() {
  cat <<END
link add lan0 type bridge
addr add 10.0.1.1/24 dev wan0
addr add fd00:1::1/64 dev wan0 nodad
addr add 10.0.2.1/24 dev lan0
addr add fd00:2::1/64 dev lan0 nodad
link set lo up
link set wan0 up
link set lan0 up
END
  for name in director $servers; do echo "link set $name master lan0 up"; done
}

director() {
  neighbour 10
  cat <<END
addr add 10.0.2.100/32 dev lan0
addr add 10.0.2.101/32 dev lan0
addr add 10.0.2.102/32 dev lan0
addr add fd00:2::100/128 dev lan0 nodad
END
}

server() {
  neighbour "$1"
  cat <<END
addr add 10.0.2.100/32 dev lo
addr add fd00:2::100/128 dev lo nodad
link set tunl0 up
addr add 10.0.2.101/32 dev tunl0
END
}

# discreet NAMESPACE: it answers for an address only where that is, and takes
# from a tunnel what the routes would have come another way.
discreet() {
  on "$1" sysctl -wq net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.tunl0.rp_filter=0 net.ipv6.conf.lan0.accept_dad=0
}

# accept_dad=0: as nodad, for the addresses that interfaces have of themselves.
# Without one the kernel finds no neighbours for what it forwards.
modprobe -a ip_vs ipip
clear_network
wire | ip -batch -
on router sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
router | ip -n router -batch -
on director sysctl -wq net.ipv6.conf.lan0.accept_dad=0
director | ip -n director -batch -
expose director
client | ip -n client -batch -
for name in $servers; do
  discreet "$name"
  server "$((10 + ${name#server}))" | ip -n "$name" -batch -
done
