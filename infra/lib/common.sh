# What the commands in infra/ share: where things are, what is said, what is known of a cloud. Sourced by bash.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=$root/.pipeline
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NPM_CONFIG_UPDATE_NOTIFIER=false PATH=$PATH:/usr/sbin:/sbin
. "$root/infra/lib/processes.sh"

say() { printf '%s\n' "$*"; }
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
step() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
die() {
  printf 'infra/%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}
misunderstood() {
  printf "infra/%s: '%s' is not understood\n" "${0##*/}" "$1" >&2
  usage >&2
  exit 2
}

# The folder that --data names; a relative one counts from here.
data_folder() { # WORD
  [ -n "$1" ] || die "--data needs a folder"
  data=$(realpath -m -- "$1")
  [[ $data != / && $data != *[\'[:cntrl:]]* ]] || die "--data cannot be $data"
}

need() { # OPTION VALUE
  [ -n "${2-}" ] || die "$1 needs a value"
}

# Runs a long command; its output goes to a log, and dots show that it lives.
quietly() { # WHAT LOG COMMAND...
  local what=$1 log=$2 began=$SECONDS
  shift 2
  printf '    %s ' "$what"
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 1
    printf '.'
  done
  if wait "$child"; then
    child=''
    printf ' %s s\n' $((SECONDS - began))
  else
    child=''
    printf ' failed after %s s\n' $((SECONDS - began))
    tail -n 20 "$log" >&2
    die "$what failed; all of its output is in $log"
  fi
}

# Ends the command that `quietly` runs; one that installs packages is let finish, for half of it would be worse.
end_child() {
  [ -n "${child:-}" ] || return 0
  if [[ $(tr '\0' ' ' <"/proc/$child/cmdline" 2>/dev/null) == *apt-get* ]]; then
    printf ' (the installation ends first)'
  else
    kill -TERM "$child" 2>/dev/null || true
  fi
  wait "$child" 2>/dev/null || true
  child=''
}

# Whether the folder is a cloud's, be it half deleted.
is_cloud() { [ -e "$data/cloud.env" ] || [ -e "$data/pipeline.db" ] || compgen -G "$data/hosts/*/joined.json" >/dev/null; }

# What is another user's cannot even be looked at.
check_owner() {
  [ ! -d "$data" ] || { [ -r "$data" ] && [ -x "$data" ]; } || die "$data belongs to $(stat -c %U "$data"): run this as that user"
}

# Settings of the cloud in $data: ports, public URL, kind of hosts.
load_cloud() {
  check_owner
  [ -e "$data/cloud.env" ] || die "there is no cloud in $data; infra/up makes one"
  # shellcheck disable=SC1091
  . "$data/cloud.env"
}

# What asks the cloud needs its functions host.
load_running_cloud() {
  load_cloud
  pid_of functions >/dev/null || die "the functions host does not run; infra/up starts it"
}

call() { node "$root/infra/lib/$1.mjs" "$data" "${@:2}"; }
