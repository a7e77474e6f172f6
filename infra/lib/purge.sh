# Removes what agents left on this machine: only what carries this cloud's id, or lies in its data folder.

purge_hosts() {
  local host
  for host in "$data"/hosts/*/; do
    [ -d "$host" ] || continue
    purge_processes "$host"
    purge_links "$host"
  done
}

# Guests and metadata services name their host's folder on their command line, DHCP servers their cloud's.
purge_processes() { # FOLDER
  local folder=${1%/} pid
  for pid in $(ps -eo pid=,args= | awk -v d="$folder" 'index($0 " ", d "/") || index($0 " ", d " ") {print $1}'); do
    [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || kill -KILL "$pid" 2>/dev/null || true
  done
}

# Links carry their cloud in the alias; a network's namespace holds its bridge, and goes whole.
purge_links() { # HOST FOLDER
  local cloud link network
  [ -r "$1/joined.json" ] && [ "$(id -u)" = 0 ] || return 0
  cloud=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).Cloud' "$1/joined.json")
  for network in $(ip netns list 2>/dev/null | awk '/^pl-/{print $1}'); do
    if ip -n "$network" -o link show 2>/dev/null | grep -qF "pipeline:$cloud:"; then ip netns del "$network"; fi
  done
  for link in $(ip -o link show 2>/dev/null | grep -F "pipeline:$cloud:" | awk -F': ' '{print $2}' | cut -d@ -f1); do
    ip link del "$link" 2>/dev/null || true
  done
  purge_processes "/run/pipeline/$cloud"
  rm -rf "/run/pipeline/$cloud"
}
