#!/bin/sh
# swarm.sh [end] - network namespaces as Docker's swarm mode makes them on a host. On
# an overlay network are a client, the tasks of services, and the network's load
# balancer; a container of an old engine, which balances for itself; and, on an
# overlay network of its own, what leads published ports to the tasks.
#
#   client     10.0.9.10              a container
#   old        10.0.9.20              one of an old engine
#   server1    10.0.9.11  10.0.0.11   tasks, on both networks
#   server2    10.0.9.12  10.0.0.12
#   lb         10.0.9.4               with 10.0.9.2 and 10.0.9.3 for services
#   ingress    10.0.0.3   172.18.0.2  published ports come in at the latter
#   outside    172.18.0.1             who uses them
#   overlay                           the bridge of both networks
#
# Docker's files of the namespaces are in /run/docker/netns:
#   b0a7c1d2e3f4 (client)  5d6e7f809a1b (old)  c0ffee000011 (server1)
#   c0ffee000012 (server2)  lb_q1w2e3r4t (lb)  ingress_sbox  1-q1w2e3r4t5 (overlay)
# Its rules and IPVS tables are not made. A network built before is replaced; end
# removes it and the files.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
members="client old server1 server2 lb ingress"
files="client=b0a7c1d2e3f4 old=5d6e7f809a1b server1=c0ffee000011 server2=c0ffee000012
  lb=lb_q1w2e3r4t ingress=ingress_sbox overlay=1-q1w2e3r4t5"

wire() {
  for name in overlay outside $members; do echo "netns add $name"; done
  for name in $members; do cable overlay "$name" "$name" eth0; done
  cable ingress eth1 outside eth0
}

overlay() {
  echo "link add br0 type bridge"
  echo "link set br0 up"
  for name in $members; do echo "link set $name master br0 up"; done
}

# host ADDRESS...
host() {
  echo "link set lo up"
  echo "link set eth0 up"
  for address; do echo "addr add $address dev eth0"; done
}

make_files() {
  mkdir -p /run/docker/netns
  for file in $files; do
    touch "/run/docker/netns/${file#*=}"
    mount --bind "/run/netns/${file%=*}" "/run/docker/netns/${file#*=}"
  done
}

# remove_files leaves alone what is not mounted.
remove_files() {
  for file in $files; do
    ! umount "/run/docker/netns/${file#*=}" 2>/dev/null || rm "/run/docker/netns/${file#*=}"
  done
}

remove_files
clear_network
[ "${1-}" != end ] || exit 0
modprobe ip_vs
wire | ip -batch -
overlay | ip -n overlay -batch -
host 10.0.9.10/24 | ip -n client -batch -
host 10.0.9.20/24 | ip -n old -batch -
host 10.0.9.11/24 10.0.0.11/24 | ip -n server1 -batch -
host 10.0.9.12/24 10.0.0.12/24 | ip -n server2 -batch -
host 10.0.9.4/24 10.0.9.2/32 10.0.9.3/32 | ip -n lb -batch -
{
  host 10.0.0.3/24
  echo "addr add 172.18.0.2/16 dev eth1"
  echo "link set eth1 up"
} | ip -n ingress -batch -
host 172.18.0.1/16 | ip -n outside -batch -
make_files
