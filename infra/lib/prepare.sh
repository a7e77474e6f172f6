# What infra/up does before it starts anything: looks at the machine, says what it will do, installs, builds.

real() { [ "$fake" = 0 ]; }

# Debian packages a real host needs, by the program that shows they are there.
host_packages() {
  local pair
  for pair in qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils dnsmasq:dnsmasq-base nft:nftables ip:iproute2 \
    ssh:openssh-client conntrack:conntrack; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done
}

check_machine() {
  [ "$(uname -s)" = Linux ] || die "this runs on Linux only"
  command -v dotnet >/dev/null || die "the .NET SDK is missing (see global.json for its version)"
  command -v node >/dev/null || die "Node.js 18 or newer is missing: Azurite needs it"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || die "Node.js is older than 18"
  if real && [ "$(id -u)" != 0 ]; then
    die "guests and their networks need root: run this as root, or with --fake for hosts without metal"
  fi
  mkdir -p "$data" || die "$data cannot be made"
  chmod 700 "$data"
  local free
  free=$(df -Pm "$data" | awk 'NR==2{print $4}')
  [ "$free" -ge 2048 ] || die "only $free MiB are free for $data; 2048 are needed"
  management=$((port + 1))
  if [ "$port" = 7071 ]; then blob=10000 message=10001; else blob=$((port + 2)) message=$((port + 3)); fi
  check_ports
}

check_ports() {
  local taken=()
  pid_of functions >/dev/null || taken+=("$port" "$management")
  pid_of azurite >/dev/null || taken+=("$blob" "$message")
  local p
  for p in "${taken[@]}"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; then
      die "port $p is in use by another program; choose others with --port N"
    fi
  done
}

say_plan() {
  step "Pipeline in $data"
  say "    ports on 127.0.0.1: $port (APIs), $management (management), $blob and $message (Azurite)"
  if real; then
    say "    root is needed for the agent alone: it makes taps, bridges and namespaces called pl…, and runs QEMU and dnsmasq"
    if [ ! -e /dev/kvm ]; then say "    no /dev/kvm: software emulation, a guest boots in 5–10 s"; fi
  else
    say "    hosts without metal: nothing on this machine but files in $data and processes of yours"
  fi
}

install_missing() {
  local missing=()
  if real; then mapfile -t missing < <(host_packages); fi
  if [ ${#missing[@]} -gt 0 ]; then
    step "Installing from Debian: ${missing[*]}"
    quietly "package lists" "$data/apt.log" apt-get update -q
    quietly "packages" "$data/apt.log" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${missing[@]}"
  fi
  if [ ! -d "$root/infra/azurite/node_modules/azurite" ]; then
    step "Installing Azurite from npm"
    quietly "npm ci" "$data/npm.log" npm ci --prefix "$root/infra/azurite"
  fi
}

build_all() {
  step "Building"
  quietly "functions host and agent" "$data/build.log" bash -c '
    dotnet build "$0/functions/Host" -c Release -v q && dotnet build "$0/workers/Agent" -c Release -v q' "$root"
  if real; then
    quietly "guest image micro" "$data/image.log" "$root/infra/images/build" --install "$data/images/micro.qcow2"
  fi
}
