#!/bin/sh
# director.sh - the demonstration's director: one virtual service over three
# equal real servers, clients that never rest, the exporter, the tuner, and
# every other minute a real server that turns slow for a while. What happens is
# told on standard output, what goes wrong on standard error.
set -eu
# shellcheck source=/dev/null
. /lab/lib.sh
service=10.0.1.100:80

# address N: the address of server N.
address() { echo "10.0.2.1$1:8080"; }

# set_mean N TIME gives server N a mean service time.
set_mean() {
  on "server$1" wget -qO /dev/null --post-data= \
    "http://127.0.0.1:8080/set?service_time=$2&distribution=exponential&workers=2"
}

# keep NAME NAMESPACE COMMAND... starts what must not end; its end is ours.
keep() {
  name=$1
  shift
  (
    status=0
    on "$@" >"/tmp/$name.log" 2>&1 || status=$?
    echo "$name ended with status $status:" >&2
    tail -n 4 "/tmp/$name.log" >&2
    kill $$
  ) &
}

# clients makes the load in stretches, as labtool remembers every request of
# one. They give up after 2 s, so that a queue does not outlive its cause.
clients() {
  seed=0
  while seed=$((seed + 1)); do
    labtool load --rate=50 --duration=10m --in-flight=1000 --timeout=2s --seed="$seed" "http://$service/" || return
  done
}

# pause SECONDS, but no longer than all that was kept runs.
pause() {
  sleep "$1" &
  wait $!
}

case ${1-} in clients)
  clients
  exit
  ;;
esac

trap 'exit 1' TERM
nat.sh 3
on director ipvsadm -A -t $service -s wrr
for i in 1 2 3; do
  on director ipvsadm -a -t $service -r "$(address $i)" -m -w 100
  set_mean $i 60ms
done
keep ipvs-exporter director ipvs-exporter
keep weight-tuner director weight-tuner run --config.file=/lab/weight-tuner.yaml
keep clients client director.sh clients
echo "50 requests a second go to $service; each real server bears 33"

pause 30
while :; do
  for i in 3 1 2; do
    set_mean $i 240ms
    echo "$(address $i) turns four times slower"
    pause 40
    set_mean $i 60ms
    echo "$(address $i) is as fast as the others again"
    pause 80
  done
done
