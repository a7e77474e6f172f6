# What infra/up does before it starts anything: looks at the machine, says what it will do, installs, builds.

real() { [ "$fake" = 0 ]; }

# What the agent's drivers call (workers/Drivers) and infra/ssh does; kmod only where the filter of bridges is a module.
host_packages() {
  local needed=(qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils dnsmasq:dnsmasq-base radvd:radvd nft:nftables ip:iproute2 tc:iproute2
    sysctl:procps nsenter:util-linux unshare:util-linux setpriv:util-linux setsid:util-linux ssh:openssh-client)
  # shellcheck disable=SC2046,SC2086 # words that hold no blanks
  needed+=($(storage_packages $(drivers_of $backends)))
  [ -d /proc/sys/net/bridge ] || needed+=(modprobe:kmod)
  missing_packages "${needed[@]}"
}

check_machine() {
  check_tools
  if real && [ "$(id -u)" != 0 ]; then
    die "guests and their networks need root: run this as root, or with --fake for hosts without metal"
  fi
  check_folder
  mapfile -t missing < <(if real; then host_packages && "$root/infra/images/build" --missing; fi | sort -u)
  [ ${#missing[@]} = 0 ] || command -v apt-get >/dev/null || die "these are not installed: ${missing[*]}"
  addresses=(127.0.0.1)
  if is_own_address "$public_url"; then addresses+=("${BASH_REMATCH[1]}"); fi
  check_ports
}

check_folder() {
  local there=$data free
  while [ ! -e "$there" ]; do there=$(dirname "$there"); done
  [ -d "$there" ] || die "$there is not a folder"
  [ -w "$there" ] && [ -x "$there" ] || die "$there cannot be written by $(id -un); --data DIR names another folder"
  is_cloud || [ "$there" != "$data" ] || [ -z "$(ls -A "$data")" ] || die "$data holds other things; --data needs a folder of its own"
  free=$(df -Pm "$there" | awk 'NR==2{print $4}')
  [ "$free" -ge 2048 ] || die "only $free MiB are free for $data; 2048 are needed"
}

# Whether a URL is http with this cloud's port and an IPv4 address of this machine, which is then listened on.
is_own_address() { # URL
  local own
  own=$(node -p 'Object.values(require("os").networkInterfaces()).flat().map((a) => a.address).join("\n")')
  [[ $1 =~ ^http://([0-9.]+):$port$ && ${BASH_REMATCH[1]} != 127.* ]] && grep -qxF "${BASH_REMATCH[1]}" <<<"$own"
}

check_ports() {
  local taken=() p at
  pid_of functions >/dev/null || taken+=("$port" "$management")
  [ "$queue" = database ] || pid_of azurite >/dev/null || taken+=("$blob" "$message")
  for p in "${taken[@]}"; do
    for at in "${addresses[@]}"; do
      if (exec 3<>"/dev/tcp/$at/$p") 2>/dev/null; then
        die "port $p is in use by another program; --port N takes others"
      fi
    done
  done
}

say_plan() {
  step "Pipeline in $data"
  local storage=", $blob and $message (Azurite)"
  [ "$queue" = azure ] || storage="; no Azurite: queues are in the database, images in $data/blobs"
  say "    ports on 127.0.0.1: $port (APIs), $management (management)$storage"
  if [ -n "${addresses[1]-}" ]; then
    say "    the APIs also on ${addresses[1]}, without TLS: passwords can be read on the way"
  elif [ -n "$public_url" ]; then
    say "    $public_url must lead to 127.0.0.1:$port: infra/up starts no proxy"
  fi
  [ ${#missing[@]} = 0 ] || say "    installs from Debian: ${missing[*]}"
  case " ${missing[*]-} " in
    *" tgt "* | *" nfs-ganesha "*) say "    the services that come with tgt and nfs-ganesha are turned off: the agent runs its own on their ports" ;;
  esac
  real && [ ! -e "$data/images/micro.qcow2" ] && say "    builds the guest image from Debian packages, downloaded where they are not installed"
  [ "$queue" = database ] || azurite_is_there || say "    installs from npm: Azurite, into infra/azurite"
  if real; then
    say "    root is needed for the agent alone: it makes taps, bridges and namespaces called pl…, and runs QEMU, dnsmasq and radvd"
    if [ ! -e /dev/kvm ]; then say "    no /dev/kvm: software emulation, a guest boots in 5–10 s"; fi
  else
    say "    hosts without metal: nothing on this machine but files in $data and processes of yours"
  fi
}

# From here on the folder is this cloud's, and one infra/up at a time works on it.
claim_folder() {
  mkdir -p "$data/setup" && chmod 700 "$data" || die "$data cannot be made"
  exec 9>"$data/lock"
  flock -n 9 || die "another infra/up is at work on $data"
  write_cloud
}

install_missing() {
  install_packages "$data/setup/apt.log" "${missing[@]}"
  if [ "$queue" = azure ]; then install_azurite "$data/setup/npm.log"; fi
}

# What the programs are built from, down to each file's time: a file more, less or changed gives another answer.
sources_key() {
  find "$root"/{contracts,functions,workers,infra/schema,global.json,.editorconfig} "$root"/Directory.* \
    \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum
}

# Compiled ahead, into a new folder: a process of another cloud that still runs the old files keeps them.
publish() { # PROJECT
  rm -rf "$root/$1/bin/Release/publish"
  dotnet publish "$root/$1" -c Release -v q -p:RunAnalyzers=false -o "$root/$1/bin/Release/publish"
}

build_all() {
  local stamp=$root/functions/Host/bin/Release/built key
  key=$(sources_key)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$key" ]; then
    step "Building (the first time takes a minute or two)"
    quietly "functions host" "$data/setup/build.log" publish functions/Host
    quietly "agent" "$data/setup/build.log" publish workers/Agent
    echo "$key" >"$stamp"
  fi
  if real; then
    quietly "guest image micro" "$data/setup/image.log" "$root/infra/images/build" --install "$data/images/micro.qcow2"
  fi
}
