# The processes infra/up starts, in their order, and what it leaves for the user.
# Run again it starts what does not run.

# Waits for something a process does; one that ends instead has said why in its log.
await() { # WHAT PROCESS SECONDS COMMAND...
  local what=$1 name=$2 limit=$3 began=$SECONDS
  shift 3
  sleep 0.1
  until "$@" >/dev/null 2>&1; do
    pid_of "$name" >/dev/null || fail_with_log "$what has ended" "$name"
    [ $((SECONDS - began)) -lt "$limit" ] || fail_with_log "$what is not ready after $limit s" "$name"
    sleep 0.2
  done
}

fail_with_log() { # SENTENCE PROCESS
  tail -n 5 "$data/logs/$2.log" | cut -c 1-500 >&2
  die "$1; all it said is in $data/logs/$2.log"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }
ready() { node -e "fetch('http://127.0.0.1:$management/readyz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; }

storage_connection() {
  if [ "$blob" = 10000 ]; then
    echo "UseDevelopmentStorage=true"
  else
    # Azurite's account is public knowledge; its ports are our own.
    local key="Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    local base="http://127.0.0.1"
    echo "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=$key;BlobEndpoint=$base:$blob/devstoreaccount1;QueueEndpoint=$base:$message/devstoreaccount1"
  fi
}

start_storage() {
  [ "$queue" = azure ] || return 0
  pid_of azurite >/dev/null && return
  step "Starting Azurite"
  mkdir -p "$data/azurite"
  launch azurite node --max-semi-space-size=1 "$root/infra/azurite/node_modules/azurite/dist/src/azurite.js" \
    --location "$data/azurite" --silent --skipApiVersionCheck --disableTelemetry \
    --blobHost 127.0.0.1 --blobPort "$blob" --queueHost 127.0.0.1 --queuePort "$message" \
    --tableHost 127.0.0.1 --tablePort 0
  await Azurite azurite 60 answers "$blob"
  await Azurite azurite 60 answers "$message"
}

start_functions() {
  pid_of functions >/dev/null && return
  step "Starting the functions host"
  local options=(--data "$data" --root "$root" --port "$port" --management-port "$management" --queue "$queue")
  options+=(--address "$(IFS=, && echo "${addresses[*]}")")
  [ -z "$public_url" ] || options+=(--public-url "$public_url")
  POSTGRES=$postgres AzureWebJobsStorage=$(storage_connection) DOTNET_gcServer=0 \
    launch functions "$root/functions/Host/bin/Release/publish/Pipeline.Functions" "${options[@]}"
  await "the functions host" functions 60 ready
}

start_agents() {
  local n
  step "Starting $hosts host$([ "$hosts" = 1 ] || echo s)"
  for n in $(seq "$hosts"); do
    pid_of "agent-host$n" >/dev/null || start_agent "host$n"
  done
  for n in $(seq "$hosts"); do
    await "the agent of host$n" "agent-host$n" 60 call hosts --up "host$n"
    rm -f "$data/hosts/host$n/token"
  done
  if real; then register_cloud; fi
  call hosts | sed 's/^/    /; s/qemu, emulated .*/&\n    software emulation, without a KVM that works: a guest boots in 5–10 s/'
}

# A fake host beside a real one is small: servers go where guests run, for as long as there is room.
start_agent() { # NAME
  local kind=() folder=$data/hosts/$1 backend
  if ! real; then
    kind=(--fake)
  elif [ "$bed" = 1 ]; then
    mapfile -t kind < <(bed_options "${1#host}")
  elif [ "$1" != host1 ]; then
    kind=(--fake --inventory 2,2048,20 --roles compute)
  fi
  if [ "$1" = host1 ] && [ -n "$backends" ]; then
    kind+=(--storage-address 127.0.0.1) # guests of this machine come from there
    for backend in $backends; do kind+=(--volume-backend "$backend"); done
  fi
  if [ -n "$backup_folder" ]; then kind+=(--backup-folder "$backup_folder"); fi
  mkdir -p "$folder"
  if [ ! -e "$folder/joined.json" ]; then (umask 077 && call join-token >"$folder/token"); fi
  DOTNET_gcServer=0 launch "agent-$1" "$root/workers/Agent/bin/Release/publish/Pipeline.Agent" \
    --data "$folder" --url "http://127.0.0.1:$port" --name "$1" --token-file "$folder/token" "${kind[@]}"
}

seed() {
  step "Image, flavors, network"
  local outside=()
  if [ "$bed" = 1 ]; then outside=("$(bed_outside)"); fi
  if real; then call seed "$data/images/micro.qcow2" "${outside[@]}"; else call seed; fi
}

write_clouds_yaml() {
  if [ -e "$data/clouds.yaml" ]; then new=0; else new=1; fi
  (
    umask 077
    call clouds-yaml "${public_url:-http://127.0.0.1:$port}/identity"
    cat >"$data/openrc" <<END
export OS_CLIENT_CONFIG_FILE='$data/clouds.yaml'
export OS_CLOUD=pipeline
END
  )
}

say_next() {
  local where=''
  [ "$data" = "$root/.pipeline" ] || where=" --data $data"
  step "Ready: ${public_url:-http://127.0.0.1:$port}"
  if ! command -v openstack >/dev/null; then say "    the CLI: apt-get install python3-openstackclient"; fi
  say "    the passwords are in $data/clouds.yaml (clouds pipeline and pipeline-admin)"
  say ""
  say "    . $data/openrc"
  if [ "$new" = 0 ]; then
    say "    $root/infra/status$where"
  elif real; then
    say "    openstack keypair create mine >key.pem && chmod 600 key.pem"
    say "    openstack security group rule create --protocol tcp --dst-port 22 default"
    say "    openstack server create --image micro --flavor m1.nano --network private --key-name mine --wait one"
    say "    openstack console log show one"
    say "    $root/infra/ssh$where one -i key.pem"
  else
    say "    openstack image create --disk-format raw --container-format bare --file $root/README.md any"
    say "    openstack server create --image any --flavor m1.nano --network private --wait one"
    say "    $root/infra/watch$where one"
  fi
  say ""
}

# In the foreground: tells what ends by itself, until Ctrl-C, or until infra/down was called elsewhere.
stay() {
  local name told=' '
  say "Ctrl-C stops the cloud; guests and data stay. (--detach returns at once.)"
  exec 9>&-
  trap 'echo; "$root/infra/down" --data "$data"; exit 0' INT TERM HUP
  while sleep 2; do
    [ -e "$data/run/functions.pid" ] || { say "the cloud was stopped"; exit 0; }
    for name in functions azurite $(agents); do
      [ -e "$data/run/$name.pid" ] || continue
      if pid_of "$name" >/dev/null; then
        told=${told/ $name / }
      elif [[ $told != *" $name "* ]]; then
        say "$name has ended; infra/up starts it again (its log is $data/logs/$name.log)"
        told+="$name "
      fi
    done
  done
}
