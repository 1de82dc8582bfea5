#!/bin/sh
# scale.sh CONFIGURATION SERVICE COMMAND... - run COMMAND with the number of real
# servers that the virtual service needs, unless it has that many.
#
#   scale.sh weight-tuner.yaml tcp/10.0.0.1:80 docker service scale -d web=
#
# The number is put at the end of the last word. It needs jq. Beside a daemon,
# let it decide on that one's state without changing it:
#
#   PLAN_FLAGS='--state.file=/var/lib/weight-tuner/state.json --no-save' scale.sh …
set -eu

configuration=$1 service=$2
shift 2

# shellcheck disable=SC2086 # PLAN_FLAGS is several words
plan=$(weight-tuner plan --config.file="$configuration" --format=json ${PLAN_FLAGS:-})
numbers=$(printf '%s' "$plan" | jq -r --arg service "$service" '
  .services[] | select(.service == $service and .netns == null) |
  "\(.servers | map(select(.previous_weight > 0)) | length) \(.autoscaling.desired_servers // "")"')
present=${numbers%% *} desired=${numbers#* }

case $desired in
'')
  echo "how many real servers $service needs is not known" >&2
  exit 1
  ;;
"$present") exit 0 ;;
esac

# Take the last word off the end of the arguments, and put it back with the number.
words=$#
for word; do
  words=$((words - 1))
  shift
  [ "$words" -gt 0 ] || word=$word$desired
  set -- "$@" "$word"
done
"$@"
