# shellcheck shell=sh
# Namespaces joined by virtual Ethernet, for scripts that build a network:
#   . "$(dirname "$0")/lib.sh"
# The names of namespaces are those of the field: client, director, server1 ...

# on NAMESPACE COMMAND...
on() { ip netns exec "$@"; }

# clear_network ends whatever runs in the lab's namespaces and removes them. In
# the guest, the kernel then gives eth0 back.
clear_network() {
  for ns in $(ip netns list | awk '$1 ~ /^(client|director|server[0-9]+)$/ {print $1}'); do
    pids=$(ip netns pids "$ns")
    # shellcheck disable=SC2086 # a list
    [ -z "$pids" ] || kill -9 $pids
    ip netns del "$ns"
  done
}

# namespace NAME
namespace() {
  ip netns add "$1"
  on "$1" ip link set lo up
}

# cable NAMESPACE INTERFACE NAMESPACE INTERFACE: a link between the two.
cable() {
  ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
  on "$1" ip link set "$2" up
  on "$3" ip link set "$4" up
}

# address NAMESPACE INTERFACE ADDRESS/BITS...: usable at once, as IPv6
# addresses are not until it is known that no other host has them.
address() {
  address_ns=$1 address_if=$2
  shift 2
  for a in "$@"; do
    case $a in
      *:*) on "$address_ns" ip addr add "$a" dev "$address_if" nodad ;;
      *) on "$address_ns" ip addr add "$a" dev "$address_if" ;;
    esac
  done
}

# bridge_in NAMESPACE NAME
bridge_in() {
  on "$1" ip link add "$2" type bridge
  on "$1" ip link set "$2" up
}

# gateway NAMESPACE IPV4 IPV6: its default routes.
gateway() {
  on "$1" ip route add default via "$2"
  on "$1" ip -6 route add default via "$3"
}

# expose NAMESPACE moves the guest's eth0 there, so that a forwarded port leads
# to what listens in that namespace. On a host it does nothing.
expose() {
  [ "${LAB_GUEST-}" = 1 ] || return 0
  until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
  ip link set eth0 netns "$1"
  on "$1" ip link set eth0 up
  on "$1" ip addr add 10.77.0.15/24 dev eth0
}

# serve NAMESPACE [FLAG...]: a real server on port 8080 that answers with the
# namespace's name; returns once it does.
serve() {
  serve_ns=$1
  shift
  # Not by way of "on": a shell that waits for it would hold the caller's output.
  ip netns exec "$serve_ns" labtool serve --listen=:8080 --name="$serve_ns" "$@" \
    >"/tmp/$serve_ns.log" 2>&1 </dev/null &
  for _ in $(seq 200); do
    on "$serve_ns" wget -qO /dev/null http://127.0.0.1:8080/stat 2>/dev/null && return
    sleep 0.05
  done
  echo "$serve_ns: no answer on port 8080: $(tail -n 1 "/tmp/$serve_ns.log")" >&2
  return 1
}
