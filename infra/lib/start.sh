# The processes infra/up starts, in their order, and what it leaves for the user.
# Run again it starts what does not run.

await() { # WHAT SECONDS COMMAND...
  local what=$1 limit=$2 began=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $((SECONDS - began)) -lt "$limit" ] || die "$what is not ready after $limit s; see infra/logs"
    sleep 0.2
  done
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }
ready() { node -e "fetch('http://127.0.0.1:$management/readyz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; }

write_cloud() {
  local url=${public_url:-http://127.0.0.1:$port}
  cat >"$data/cloud.env" <<END
PIPELINE_URL='$url'
PIPELINE_PORT='$port'
PIPELINE_FAKE='$fake'
END
}

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
  pid_of azurite >/dev/null && return
  step "Starting Azurite"
  mkdir -p "$data/azurite"
  launch azurite node --max-semi-space-size=1 "$root/infra/azurite/node_modules/azurite/dist/src/azurite.js" \
    --silent --skipApiVersionCheck --disableTelemetry --location "$data/azurite" \
    --blobHost 127.0.0.1 --blobPort "$blob" --queueHost 127.0.0.1 --queuePort "$message" \
    --tableHost 127.0.0.1 --tablePort 0
  await Azurite 30 answers "$blob"
  await Azurite 30 answers "$message"
}

start_functions() {
  pid_of functions >/dev/null && return
  step "Starting the functions host"
  local options=(--root "$root" --data "$data" --port "$port" --management-port "$management" --queue "$queue")
  [ -z "$public_url" ] || options+=(--public-url "$public_url")
  AzureWebJobsStorage=$(storage_connection) DOTNET_gcServer=0 DOTNET_TieredPGO=0 \
    launch functions "$root/functions/Host/bin/Release/net10.0/Pipeline.Functions" "${options[@]}"
  await "the functions host" 60 ready
}

start_agents() {
  local n name fakes
  step "Starting $hosts host$([ "$hosts" = 1 ] || echo s)"
  for n in $(seq 1 "$hosts"); do
    name=host$n
    pid_of "agent-$name" >/dev/null && continue
    fakes=()
    if [ "$fake" = 1 ] || [ "$n" -gt 1 ]; then fakes=(--fake); fi
    mkdir -p "$data/hosts/$name"
    if [ ! -e "$data/hosts/$name/joined.json" ]; then
      (umask 077 && call join-token >"$data/hosts/$name/token")
    fi
    DOTNET_gcServer=0 DOTNET_TieredPGO=0 launch "agent-$name" "$root/workers/Agent/bin/Release/net10.0/Pipeline.Agent" \
      --data "$data/hosts/$name" --url "http://127.0.0.1:$port" --name "$name" \
      --token-file "$data/hosts/$name/token" "${fakes[@]}"
  done
  await "every host" 60 call hosts "$hosts"
}

seed() {
  step "Image, flavors, network"
  if real; then call seed "$data/images/micro.qcow2"; else call seed; fi
}

write_clouds_yaml() {
  local url=${public_url:-http://127.0.0.1:$port}/identity
  (
    umask 077
    node -e '
      const [file, url, passwords] = process.argv.slice(1);
      const cloud = (user) => `  ${user === "admin" ? "pipeline-admin" : "pipeline"}:
    auth:
      auth_url: ${url}
      username: ${user}
      password: ${JSON.parse(require("fs").readFileSync(passwords))[user]}
      project_name: ${user}
      user_domain_id: default
      project_domain_id: default
    region_name: RegionOne
    identity_api_version: 3
`;
      require("fs").writeFileSync(file, `clouds:\n${cloud("demo")}${cloud("admin")}`);
    ' "$data/clouds.yaml" "$url" "$data/first-passwords.json"
    cat >"$data/openrc" <<END
export OS_CLIENT_CONFIG_FILE='$data/clouds.yaml'
export OS_CLOUD=pipeline
END
  )
}

say_next() {
  step "Ready: ${public_url:-http://127.0.0.1:$port}"
  if ! command -v openstack >/dev/null; then say "    the CLI: apt-get install python3-openstackclient"; fi
  say "    the passwords are in $data/clouds.yaml (clouds pipeline and pipeline-admin)"
  say ""
  say "    . $data/openrc"
  if real; then
    say "    openstack keypair create --private-key key.pem mine && chmod 600 key.pem"
    say "    openstack security group rule create --protocol tcp --dst-port 22 default"
    say "    openstack server create --image micro --flavor m1.nano --network private --key-name mine --wait one"
    say "    openstack console log show one"
    say "    infra/ssh one -i key.pem"
  else
    say "    openstack flavor list"
    say "    openstack network list"
  fi
  say ""
}
