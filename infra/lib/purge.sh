# Removes what a cloud's agents left on this machine: only what carries the cloud's id, or lies in its data folder.
# Nothing of it needs a running cloud, its database, or the whole of its data folder.
registry=/run/pipeline

# Notes outside the data folder whose it is: should that folder be lost, --purge still finds what the cloud left behind.
register_cloud() {
  local cloud
  for cloud in $(clouds_here); do
    mkdir -p "$registry/$cloud"
    chmod 755 "$registry" "$registry/$cloud"
    echo "$data" >"$registry/$cloud/data-folder"
  done
}

# Ids of the clouds whose hosts lie in $data: one, unless its database was lost and made anew.
clouds_here() {
  local file
  {
    for file in "$data"/hosts/*/; do cloud_of_host "$file" || true; done
    for file in "$registry"/*/data-folder; do
      if [ "$(cat "$file" 2>/dev/null)" = "$data" ]; then basename "${file%/*}"; fi
    done
  } | sort -u
}

cloud_of_host() { grep -oE '"Cloud":"[0-9A-Za-z-]+"' "$1/joined.json" 2>/dev/null | cut -d '"' -f 4; }

is_here() { # CLOUD
  grep -qxF -- "$1" <<<"$clouds"
}

check_purge() {
  [ "$(id -u)" != 0 ] || return 0
  if [ -e "$data" ] && [ ! -O "$data" ]; then die "$data belongs to $(stat -c %U "$data"): run this as that user"; fi
  local cloud
  for cloud in $clouds; do
    [ ! -d "$registry/$cloud" ] || die "guests and networks are removed by root alone: run this as root"
  done
}

purge_machine() {
  local cloud name
  for cloud in $clouds; do end_targets "$cloud"; done
  purge_processes
  purge_begun
  purge_bed
  for cloud in $clouds; do
    purge_filters "$cloud"
    purge_volumes "$cloud"
    purge_backups "$cloud"
    purge_links "$cloud"
    rm -rf -- "${registry:?}/$cloud"
  done
  # Short names of folders that are too deep for the path of a socket.
  for name in "$registry"/*; do
    if [[ -L $name && $(readlink "$name") == "$data"/hosts/* ]]; then rm -f -- "$name"; fi
  done
  rmdir "$registry" 2>/dev/null || true
}

# A server of targets that is killed leaves its semaphores to the kernel: it is told to go first.
end_targets() { # CLOUD
  local folder
  for folder in "$registry/$1"/iscsi-*/; do
    [ -d "$folder" ] || continue
    TGT_IPC_SOCKET=${folder}tgtd timeout 5 tgtadm --op delete --mode system >/dev/null 2>&1 || true
  done
}

# Filters before the ports of its volumes' servers.
purge_filters() { # CLOUD
  local table
  for table in $(nft list tables inet 2>/dev/null | awk '{print $3}' | grep -E "^pipeline-nbd-$1-[0-9a-f]{12}$"); do
    nft delete table inet "$table" 2>/dev/null || true
  done
}

# What lies in folders that infra/up was given, beside those of other clouds.
purge_volumes() { # CLOUD
  local backend backends
  backends=$(. "$data/cloud.env" 2>/dev/null && echo "${PIPELINE_VOLUME_BACKENDS-}") || true
  for backend in $backends; do
    if [[ $backend == *:/* ]]; then rm -rf -- "${backend#*:}/${1:?}"; fi
  done
}

# What lies in the folder of backups that infra/up was given, if that is this cloud's.
purge_backups() { # CLOUD
  local folder id owner one
  folder=$(. "$data/cloud.env" 2>/dev/null && echo "${PIPELINE_BACKUP_FOLDER-}") || true
  [ -n "$folder" ] && { read -r id && read -r owner; } 2>/dev/null <"$folder/pipeline-backups" || return 0
  [ "$owner" = "${1:?}" ] || return 0
  for one in "$folder"/*/; do
    if [[ ${one%/} =~ /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]; then rm -rf -- "$one"; fi
  done
  rm -f -- "$folder/pipeline-backups"
}

# A portmapper has no argument that is ours; its number was noted when it was started for the cloud's volumes.
is_mapper() { # PID
  local name
  { read -r name <"/proc/$1/comm"; } 2>/dev/null && [ "$name" = rpcbind ] || return 1
  for name in $clouds; do
    cat "$registry/$name"/nfs-*/rpcbind.pid 2>/dev/null
  done | grep -qx "$1"
}

# A guest, agent, metadata service, DHCP server, router's advertiser or server of volumes of this cloud. Each was given a
# folder of the cloud's as an argument; who merely looks at a file in there is left alone.
is_of_cloud() { # PID
  local arguments=() i folder
  { mapfile -d '' -t arguments <"/proc/$1/cmdline"; } 2>/dev/null || return 1
  for ((i = 0; i < ${#arguments[@]}; i++)); do
    case ${arguments[i]} in
      --conf-file="$registry"/* | --config="$registry"/*) folder=${arguments[i]#*="$registry"/} && is_here "${folder%%/*}" && return ;;
      --pid-file="$registry"/*/iscsi-*/tgtd.pid) folder=${arguments[i]#*="$registry"/} && is_here "${folder%%/*}" && return ;;
      "$registry"/*/nfs-*/ganesha.conf)
        [[ ${arguments[0]} == *ganesha.nfsd ]] && folder=${arguments[i]#"$registry"/} && is_here "${folder%%/*}" && return
        ;;
      --pidfile=/*/volumes/*/exports/*.pid) folder=${arguments[i]%/volumes/*} && is_here "${folder##*/}" && return ;;
      -pidfile) folder=${arguments[i + 1]%/guests/*/pid} ;;&
      --data) folder=${arguments[i + 1]-} ;;&
      -pidfile | --data) [[ $folder == "$data"/hosts/* ]] || is_here "$(cloud_of_host "$folder")" && return ;;
    esac
  done
  return 1
}

cloud_processes() {
  local pid
  for pid in $(grep -lsaE -- 'guests|Pipeline\.Agent|--conf|--pid-?file=|ganesha\.conf|^rpcbind' /proc/[0-9]*/cmdline); do
    pid=${pid//[!0-9]/}
    if is_of_cloud "$pid" || is_mapper "$pid"; then echo "$pid"; fi
  done
}

purge_processes() {
  local pid
  for _ in $(seq 100); do
    local left=0
    for pid in $(cloud_processes); do kill -KILL "$pid" 2>/dev/null && left=1; done
    [ "$left" = 1 ] || return 0
    sleep 0.1
  done
  die "processes were killed but do not end: $(cloud_processes | tr '\n' ' ')"
}

# Read whole: `grep -q` would end the pipe at its first match, and that would count as a failure.
links_of() { ip -n "$1" -o link show 2>/dev/null || true; } # NAMESPACE

# Links carry their cloud in the alias; a network's namespace holds its bridge and its filter, and goes whole.
purge_links() { # CLOUD
  local space link
  for space in $(ip netns list 2>/dev/null | awk '/^pl-/{print $1}'); do
    if [[ $(links_of "$space") == *"pipeline:$1:"* ]]; then ip netns delete "$space"; fi
  done
  for link in $(ip -o link show 2>/dev/null | grep -F "pipeline:$1:" | awk -F': ' '{print $2}' | cut -d@ -f1); do
    ip link delete "$link" 2>/dev/null || true # a pair goes with its other end
  done
}

# A namespace whose making was interrupted carries no alias yet; the host's ledger knows that it is the cloud's.
purge_begun() {
  local folder space
  for folder in "$data"/hosts/*/networks/*/; do
    for space in /run/netns/pl-"$(basename "$folder")" /run/netns/pl-*-"$(basename "$folder")"; do
      [ -e "$space" ] || continue
      if [[ $(links_of "${space##*/}") != *pipeline:* ]]; then ip netns delete "${space##*/}"; fi
    done
  done
}
