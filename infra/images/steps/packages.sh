# Where the image's programs come from. Tools must be installed. What goes into the guest is taken from the installed
# packages, else from .deb files in $packages: a kernel need not be installed on a host that shall never boot it.

tools=(cpio dosfstools e2fsprogs fdisk gzip kmod mtools qemu-utils syslinux)
guest_packages=(bash busybox-static dropbear-bin libpam-modules sudo syslinux-common systemd-boot-efi)
[ "$guest_agent" = 0 ] || guest_packages+=(qemu-guest-agent)

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
downloaded() { find "$packages" -maxdepth 1 -name "$1" 2>/dev/null | sort -V || true; }
newest_deb() { downloaded "$1_*.deb" | tail -n 1; }
available() { installed "$1" || [ -n "$(newest_deb "$1")" ]; }

# The newest kernel package that is installed, else the newest one that was downloaded.
kernel_package() {
  local found
  found=$({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'linux-image-[0-9]*-cloud-amd64' 2>/dev/null || true; } |
    sed -n 's/^installed //p' | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(downloaded 'linux-image-[0-9]*-cloud-amd64_*.deb' | tail -n 1 | sed 's|.*/||; s/_.*//')
  echo "$found"
}

missing_tools() { local p; for p in "${tools[@]}"; do installed "$p" || echo "$p"; done; }

missing_guest_packages() {
  local p
  [ -n "$(kernel_package)" ] || echo linux-image-cloud-amd64
  for p in "${guest_packages[@]}"; do available "$p" || echo "$p"; done
}

# Quiet unless it fails: a build says one line a step.
apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" >"$work/apt.log" 2>&1 ||
    fail "apt-get $1: $(grep '^E:' "$work/apt.log" || tail -n 3 "$work/apt.log")"
}

# Tools are installed, which needs root; packages for the guest are only downloaded, with the libraries not yet here.
install_missing() {
  local lacking wanted p root_option=()
  mapfile -t lacking < <(missing_tools; missing_guest_packages)
  [ ${#lacking[@]} -gt 0 ] || return 0
  step "getting ${lacking[*]}"
  if [ "$EUID" = 0 ]; then
    root_option=(-o APT::Sandbox::User=root)
    apt update
  fi
  mapfile -t lacking < <(missing_tools)
  if [ ${#lacking[@]} -gt 0 ]; then
    [ "$EUID" = 0 ] || fail "installing ${lacking[*]} needs root"
    apt --no-install-recommends install "${lacking[@]}"
  fi
  mapfile -t lacking < <(missing_guest_packages)
  [ ${#lacking[@]} -gt 0 ] || return 0
  wanted=$(for p in "${lacking[@]}"; do
    if [ "$p" = linux-image-cloud-amd64 ]; then
      apt-cache depends --important "$p" | sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-amd64\)$/\1/p'
    else
      echo "$p"
      apt-get -s --no-install-recommends install "$p" | sed -n 's/^Inst \([^ ]*\).*/\1/p'
    fi
  done | sort -u)
  mkdir -p "$packages"
  mapfile -t lacking <<<"$wanted"
  (cd "$packages" && apt "${root_option[@]}" download "${lacking[@]}")
}

require_packages() {
  local lacking
  command -v dpkg-query >/dev/null || fail "the image is made from Debian packages; this machine has no dpkg"
  [ "$(dpkg --print-architecture)" = amd64 ] || fail "the image is for amd64 and made on amd64"
  [ "$install" = 0 ] || install_missing
  mapfile -t lacking < <(missing_tools; missing_guest_packages)
  [ ${#lacking[@]} -eq 0 ] || fail "missing packages: ${lacking[*]} (--install gets them)"
}

# Downloaded packages in use. One that has since been installed is left alone, whatever else came with it.
unpacked_debs() {
  local name
  downloaded '*.deb' | sed 's|.*/||; s/_.*//' | sort -u | while read -r name; do
    case $name in linux-image-*) [ "$name" = "$(kernel_package)" ] || continue ;; esac
    installed "$name" || newest_deb "$name"
  done
}

# unpack DEB...: a file of the guest is looked for here first, then on this machine.
unpack() {
  local deb
  for deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$unpacked"; done
}

# All but the kernel, whose contents the key need not know.
unpack_programs() {
  local debs part
  mkdir -p "$unpacked"/usr/{bin,sbin,lib,lib64}
  for part in bin sbin lib lib64; do ln -s usr/$part "$unpacked/$part"; done
  mapfile -t debs < <(unpacked_debs | sed '/\/linux-image-/d')
  unpack "${debs[@]}"
}

# Sets $kernel (its version) and $kernel_root (where its /boot and /lib/modules are).
take_kernel() {
  local package
  package=$(kernel_package)
  kernel=${package#linux-image-} kernel_root=/
  installed "$package" && return
  kernel_root=$unpacked
  unpack "$(newest_deb "$package")"
  depmod -b "$unpacked" "$kernel"
}

host_file() { if [ -e "$unpacked$1" ]; then echo "$unpacked$1"; else echo "$1"; fi; }

# libraries FILE...: the loader and the shared libraries they need, as paths on this machine.
libraries() {
  local loader path=/usr/lib/x86_64-linux-gnu file found
  loader=$(host_file /usr/lib64/ld-linux-x86-64.so.2)
  found=$(for file; do
    "$loader" --library-path "$unpacked$path:$unpacked/usr/libexec/sudo:$path:/usr/libexec/sudo" --list "$file"
  done)
  [[ $found != *"not found"* ]] || fail "a library is missing: $(grep -m 1 'not found' <<<"$found")"
  echo "$loader"
  awk '$2 == "=>" { print $3 }' <<<"$found" | sort -u
}

# What the image depends on, one line each: packages with versions, libraries by content.
describe_packages() {
  local package program programs=() found
  for package in "${tools[@]}" "${guest_packages[@]}" "$(kernel_package)"; do
    if installed "$package"; then dpkg-query -W -f '${Package} ${Version}\n' "$package"; fi
  done
  unpacked_debs | sed 's|.*/||'
  for program in "${guest_programs[@]}"; do programs+=("$(host_file "$program")"); done
  found=$(libraries "${programs[@]}")
  xargs sha256sum <<<"$found" | sed 's| .*/| |'
}
