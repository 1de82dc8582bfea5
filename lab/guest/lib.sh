# shellcheck shell=sh
# What scripts that build a network share:
#   . "$(dirname "$0")/lib.sh"
# Each host is a network namespace, named by what it is: client, director,
# server1 ... To start ip takes a while in the emulated guest, so it is given
# its work in batches.

# on NAMESPACE COMMAND...
on() { ip netns exec "$@"; }

# clear_network ends whatever runs in the lab's namespaces and removes them. In
# the guest, the kernel then gives eth0 back.
clear_network() {
  names=$(ip netns list | awk '$1 ~ /^(client|director|server[0-9]+|router|backup|old|lb|ingress|outside|overlay)$/ {print $1}')
  pids=$(for ns in $names; do echo "netns pids $ns"; done | ip -batch -)
  # shellcheck disable=SC2086 # a list
  [ -z "$pids" ] || kill -9 $pids
  for ns in $names; do echo "netns del $ns"; done | ip -batch -
}

# cable NAMESPACE INTERFACE NAMESPACE INTERFACE prints, for ip -batch, what
# makes a link between the two.
cable() { echo "link add $2 netns $1 type veth peer name $4 netns $3"; }

# client and neighbour ADDRESS print, for ip -batch, what makes the client of
# nat.sh and direct.sh, and a host on their inner network, by the last part of
# its address in both families. nodad: an IPv6 address is of use at once.
client() {
  cat <<END
addr add 10.0.1.2/24 dev wan0
addr add fd00:1::2/64 dev wan0 nodad
link set lo up
link set wan0 up
route add default via 10.0.1.1
route add default via fd00:1::1
END
}

neighbour() {
  cat <<END
addr add 10.0.2.$1/24 dev lan0
addr add fd00:2::$1/64 dev lan0 nodad
link set lo up
link set lan0 up
route add default via 10.0.2.1
route add default via fd00:2::1
END
}

# expose NAMESPACE moves the guest's eth0 there, so that forwarded ports lead to
# what listens in that namespace. On a host it does nothing.
expose() {
  [ "${LAB_GUEST-}" = 1 ] || return 0
  until ip link set eth0 netns "$1" 2>/dev/null; do sleep 0.05; done
  ip -n "$1" -batch - <<END
link set eth0 up
addr add 10.77.0.15/24 dev eth0
END
}

# serve NAMESPACE [FLAG...] starts a real server on port 8080 that answers with
# the namespace's name. Not by way of "on": a shell that waits for the server
# would hold the caller's output.
serve() {
  serve_ns=$1
  shift
  ip netns exec "$serve_ns" labtool serve --listen=:8080 --name="$serve_ns" "$@" \
    >"/tmp/$serve_ns.log" 2>&1 </dev/null &
}

# await NAMESPACE URL returns once URL answers there.
await() {
  for _ in $(seq 100); do
    on "$1" timeout 2 wget -qO /dev/null "$2" 2>/dev/null && return
    sleep 0.05
  done
  echo "no answer from $2 in $1; its servers said: $(cat /tmp/server*.log)" >&2
  return 1
}
