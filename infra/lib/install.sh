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

# Debian packages that are missing, each given with a program that shows it is there.
missing_packages() { # PROGRAM:PACKAGE...
  local pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done | sort -u
}

install_packages() { # LOG PACKAGE...
  local log=$1
  shift
  [ $# -gt 0 ] || return 0
  step "Installing from Debian: $*"
  quietly "package lists" "$log" apt-get update -q
  quietly "packages" "$log" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# npm writes this file last.
azurite_is_there() { [ -e "$root/infra/azurite/node_modules/.package-lock.json" ]; }

install_azurite() { # LOG
  azurite_is_there && return
  step "Installing Azurite from npm"
  quietly "npm ci" "$1" npm ci --prefix "$root/infra/azurite"
}
