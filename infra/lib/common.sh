# What the commands in infra/ share: where things are, how processes are found, what is said. Sourced by bash.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=$root/.pipeline
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NPM_CONFIG_UPDATE_NOTIFIER=false

say() { printf '%s\n' "$*"; }
step() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Runs a long command; its output goes to a log, and dots show that it lives.
quietly() { # WHAT LOG COMMAND...
  local what=$1 log=$2 began=$SECONDS pid
  shift 2
  printf '    %s ' "$what"
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    printf '.'
  done
  if wait "$pid"; then
    printf ' %ss\n' $((SECONDS - began))
  else
    printf ' failed\n'
    tail -n 20 "$log" >&2
    die "$what failed; all of its output is in $log"
  fi
}

# The process of a pid file, if it is ours: its command line names this cloud's data folder.
pid_of() { # NAME
  local file=$data/run/$1.pid pid
  [ -r "$file" ] || return 1
  pid=$(cat "$file")
  [ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ] || return 1
  case $(awk '$1=="State:"{print $2}' "/proc/$pid/status" 2>/dev/null) in Z | X | '') return 1 ;; esac
  tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$data" || return 1
  echo "$pid"
}

# Starts a process that belongs to no terminal; its output is appended to a log.
launch() { # NAME COMMAND...
  local name=$1
  shift
  mkdir -p "$data/run" "$data/logs"
  setsid -f bash -c 'echo $$ >"$0"; exec "$@"' "$data/run/$name.pid" "$@" >>"$data/logs/$name.log" 2>&1 </dev/null
}

# Ends a process of ours: asked first, then made to.
stop() { # NAME
  local pid i
  pid=$(pid_of "$1") || { rm -f "$data/run/$1.pid"; return 0; }
  kill -TERM "$pid" 2>/dev/null || true
  for i in $(seq 1 100); do
    pid_of "$1" >/dev/null || break
    sleep 0.1
  done
  if pid_of "$1" >/dev/null; then kill -KILL "$pid" 2>/dev/null || true; fi
  rm -f "$data/run/$1.pid"
}

agents() { # names of the agents that were started here
  local file
  for file in "$data"/run/agent-*.pid; do
    [ -e "$file" ] && basename "$file" .pid
  done
  return 0
}

# Settings of the cloud that runs in $data: ports, public URL, kind of hosts.
load_cloud() {
  [ -r "$data/cloud.env" ] || die "there is no cloud in $data; infra/up makes one"
  # shellcheck disable=SC1091
  . "$data/cloud.env"
}

call() { node "$root/infra/lib/$1.mjs" "$data" "${@:2}"; }
