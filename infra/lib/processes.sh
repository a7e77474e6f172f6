# The processes of a cloud. A pid proves nothing, for pids are used again, and a pid file may be lost: a process is known
# by its program and by the folder it was given, each an argument of its own.

# Succeeds when the process is the one of this name.
is_process() { # PID NAME
  local arguments=() i
  { mapfile -d '' -t arguments <"/proc/$1/cmdline"; } 2>/dev/null || return 1
  case $2 in
    functions) set -- Pipeline.Functions --data "$data" ;;
    azurite) set -- azurite.js --location "$data/azurite" ;;
    *) set -- Pipeline.Agent --data "$data/hosts/${2#agent-}" ;;
  esac
  [[ ${arguments[0]-} == */$1 || " ${arguments[*]:1:3}" == */$1* ]] || return 1
  [ "${arguments[1]-}" != metadata ] || return 1
  for ((i = 1; i < ${#arguments[@]} - 1; i++)); do
    if [[ ${arguments[i]} == "$2" && ${arguments[i + 1]} == "$3" ]]; then return 0; fi
  done
  return 1
}

pid_of() { # NAME
  local file=$data/run/$1.pid pid
  if [ -r "$file" ]; then
    pid=$(cat "$file" 2>/dev/null)
    if [[ $pid =~ ^[0-9]+$ ]] && is_process "$pid" "$1"; then echo "$pid" && return 0; fi
  fi
  for pid in $(grep -lsaF -- "$data" /proc/[0-9]*/cmdline); do
    pid=${pid//[!0-9]/}
    if is_process "$pid" "$1"; then echo "$pid" && return 0; fi
  done
  return 1
}

# Starts a process that belongs to no terminal; what it says is appended to its log.
launch() { # NAME COMMAND...
  local name=$1 log=$data/logs/$1.log file=$data/run/$1.pid i
  shift
  mkdir -p "$data/run" "$data/logs"
  if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt 16777216 ]; then mv "$log" "$log.old"; fi
  started+=("$name")
  rm -f "$file"
  setsid -f bash -c 'echo $$ >"$0"; exec "$@"' "$file" "$@" >>"$log" 2>&1 </dev/null 9>&-
  # Until it is itself nobody knows it: on a busy machine that takes a while.
  for ((i = 0; i < 600; i++)); do
    if [ -s "$file" ] && ! is_still_bash "$(cat "$file")"; then return; fi
    sleep 0.05
  done
}

is_still_bash() { [ "$(readlink "/proc/$1/exe")" = "$(readlink -f "$BASH")" ]; } # PID

# Ends a process of ours: asked first, then made to.
stop() { # NAME
  local pid i
  if pid=$(pid_of "$1"); then
    kill -TERM "$pid" 2>/dev/null || [ ! -d "/proc/$pid" ] || die "$1 belongs to another user: run this as $(stat -c %U "/proc/$pid")"
    for ((i = 0; i < 100; i++)); do
      is_process "$pid" "$1" || break
      sleep 0.1
    done
    if is_process "$pid" "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$data/run/$1.pid"
}

agents() { # names of the agents that were started here
  local file
  for file in "$data"/hosts/*/; do
    [ -d "$file" ] && echo "agent-$(basename "$file")"
  done
  return 0
}
