# What infra/up and infra/test need of the machine: tools that must be there, packages and Azurite that they install.

# The tools that everything is built and run with; they are not installed for the user.
check_tools() {
  [ "$(uname -s)" = Linux ] || die "this runs on Linux only"
  local wanted have
  wanted=$(sed -n 's/.*"version": "\([0-9.]*\)".*/\1/p' "$root/global.json")
  command -v dotnet >/dev/null || die "the .NET SDK $wanted is missing (https://dot.net)"
  have=$(dotnet --list-sdks 2>/dev/null | awk '{ printf "%s%s", comma, $1; comma = ", " }')
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    die "the .NET SDK $wanted is needed (global.json, https://dot.net); there is ${have:-none}"
  command -v node >/dev/null || die "Node.js 20 or newer is missing (https://nodejs.org)"
  have=$(node -p 'process.versions.node')
  [ "${have%%.*}" -ge 20 ] || die "Node.js 20 or newer is needed; there is $have"
  azurite_is_there || command -v npm >/dev/null || die "npm is missing: it comes with Node.js, and installs Azurite"
  [ -w "$root" ] || die "$root cannot be written by $(id -un): build in a clone of your own"
}

# Debian packages that are missing, each given with a program, or a file by its pattern, that shows it is there.
missing_packages() { # PROGRAM:PACKAGE...
  local pair
  for pair in "$@"; do
    case $pair in
      */*) compgen -G "${pair%%:*}" >/dev/null ;;
      *) command -v "${pair%%:*}" >/dev/null ;;
    esac || echo "${pair##*:}"
  done | sort -u
}

# What volume drivers call: PROGRAM:PACKAGE, or PATTERN:PACKAGE for what is no program.
storage_packages() { # DRIVER...
  local driver qemu='/usr/lib/*/qemu' fsal='/usr/lib/*/ganesha'
  for driver in "$@"; do
    case $driver in
      pool) echo mkfs.xfs:xfsprogs ;;
      nbd) echo nbdkit:nbdkit nft:nftables ;;
      iscsi) echo "tgtd:tgt $qemu/block-iscsi.so:qemu-block-extra" ;;
      nfs) echo "ganesha.nfsd:nfs-ganesha $fsal/libfsalvfs.so:nfs-ganesha-vfs rpcbind:rpcbind ss:iproute2 $qemu/block-nfs.so:qemu-block-extra" ;;
    esac
  done | tr ' ' '\n' | sort -u
}

drivers_of() { # NAME=DRIVER[:FOLDER]...
  local backend
  for backend in "$@"; do backend=${backend#*=} && echo "${backend%%:*}"; done | sort -u
}

# Debian starts a server of its own with each of these, on the port that the agent's has: those just installed are turned off.
silence_services() { # PACKAGE...
  command -v systemctl >/dev/null || return 0
  local package
  for package in "$@"; do
    case $package in tgt | nfs-ganesha) systemctl disable --now "$package" >/dev/null 2>&1 || true ;; esac
  done
}

install_packages() { # LOG PACKAGE...
  local log=$1
  shift
  [ $# -gt 0 ] || return 0
  step "Installing from Debian: $*"
  quietly "package lists" "$log" apt-get update -q
  quietly "packages" "$log" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
  silence_services "$@"
}

# npm writes this file last.
azurite_is_there() { [ -e "$root/infra/azurite/node_modules/.package-lock.json" ]; }

install_azurite() { # LOG
  azurite_is_there && return
  step "Installing Azurite from npm"
  quietly "npm ci" "$1" npm ci --prefix "$root/infra/azurite"
}
