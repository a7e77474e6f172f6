# Processes of a real cloud are killed and stand still at random, while servers are made and deleted: Azurite, PostgreSQL, two
# functions hosts, an agent with real guests. PIPELINE_HAVOC is for how many seconds, PIPELINE_SEED repeats the choices.

seconds=${PIPELINE_HAVOC:-30} seed=${PIPELINE_SEED:-$RANDOM$RANDOM}
postgres=$(mktemp -d)
server_pid() { head -n 1 "$postgres/data/postmaster.pid" 2>/dev/null; }
is_over() { ! kill -0 "$1" 2>/dev/null; }
# The second functions host is this story's own; whoever was left standing still goes on. The database goes last.
before_end() {
  local pid
  if pid=$(cat "$data/run/functions-2.pid" 2>/dev/null); then kill -KILL "$pid" 2>/dev/null; fi
  if pid=$(server_pid); then kill -CONT "$pid" 2>/dev/null; fi
}
after_end() {
  local pid
  if pid=$(server_pid); then kill -QUIT "$pid" 2>/dev/null && until_true 20 is_over "$pid"; fi
  rm -rf "$postgres"
}

start_postgres() {
  local programs as=()
  programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1) || return 1
  if [ "$(id -u)" = 0 ]; then chown postgres "$postgres" && as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
  cd "$postgres" || return 1
  "${as[@]}" "$programs/initdb" -D "$postgres/data" -U pipeline -A trust --no-sync --locale=C.UTF-8 --encoding=UTF8 || return 1
  setsid -f "${as[@]}" "$programs/postgres" -D "$postgres/data" -k "$postgres" -h 127.0.0.1 -p "$((port + 6))" -c fsync=off \
    >>"$postgres/log" 2>&1 </dev/null
  until_true 60 psql -h 127.0.0.1 -p "$((port + 6))" -U pipeline -c 'CREATE DATABASE pipeline' postgres
}
up_on_postgres() { sweepEvery=00:01:00 up --port "$port" --postgres "$url"; }
havoc() {
  local kept name processes=("postgres=$(server_pid)")
  for name in functions agent-host1 azurite; do processes+=("$name=$(cat "$data/run/$name.pid")"); done
  node "$root/tests/EndToEnd/havoc/main.mjs" "$data" "$seconds" "$seed" "$data/hosts/host1" "$url" "${processes[@]}" && return
  tail -n 80 "$data/logs/havoc.log" >"$work/havoc.log"
  if [ "${PIPELINE_KEEP:-0}" = 1 ]; then
    kept=$(mktemp -d) && cp -r "$data/logs" "$postgres/log" "$kept" && echo "all logs are in $kept"
  fi
  return 1
}
cloud_processes() { grep -lsaF -- "$data" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -I{} ps -o pid=,args= -p {} | grep -v grep; }
url=postgres://pipeline@127.0.0.1:$((port + 6))/pipeline
export postgres url seconds seed
export -f server_pid cloud_processes start_postgres up_on_postgres havoc

check 120 "PostgreSQL starts" start_postgres
check 600 "infra/up makes a cloud on it" up_on_postgres
[ "$failed" = 0 ] || return 0
check $((seconds + 900)) "$seconds s in which any process may die, seed $seed" havoc
sed 's/^/            /' "$work/last.log"
check 30 "infra/down --purge removes all" bash -c '
  "$root/infra/down" --data "$data" --purge && [ ! -e "$data" ] && [ -z "$(cloud_processes)" ]'
