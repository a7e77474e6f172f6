# The two trees of files: the initramfs, and the guest's root file system. Both have everything in /usr/bin and /usr/lib.

boot_modules=(virtio_pci virtio_rng virtio_blk virtio_scsi sd_mod)
root_modules=(virtio_net virtio_balloon virtio_console button evdev ata_piix sr_mod isofs vfat nls_cp437 nls_ascii nls_utf8 8021q)
guest_programs=(/usr/bin/bash /usr/bin/sudo /usr/libexec/sudo/sudoers.so /usr/sbin/dropbear /usr/bin/dropbearkey /usr/bin/dbclient
  /usr/sbin/resize2fs /usr/lib/x86_64-linux-gnu/security/pam_deny.so /usr/lib/x86_64-linux-gnu/security/pam_permit.so)
[ "$guest_agent" = 0 ] || guest_programs+=(/usr/sbin/qemu-ga)

# start_tree TREE: the directories, and busybox under the name of each of its programs.
start_tree() {
  local tree=$1 name
  mkdir -p "$tree"/{dev,proc,sys,root,usr/bin,usr/lib,usr/lib64}
  for name in bin lib lib64; do ln -s usr/$name "$tree/$name"; done
  ln -s usr/bin "$tree/sbin"
  ln -s bin "$tree/usr/sbin"
  install -m 755 "$(host_file /usr/bin/busybox)" "$tree/usr/bin/busybox"
  for name in $("$tree/usr/bin/busybox" --list); do
    [ "$name" = busybox ] || ln -s busybox "$tree/usr/bin/$name"
  done
}

# add_modules TREE MODULE...: kernel modules with those they need; this machine's own module settings do not count.
add_modules() {
  local tree=$1 target=$1/lib/modules/$kernel module file files
  shift
  mkdir -p "$target"
  files=$(for module; do modprobe -C /dev/null -d "$kernel_root" -S "$kernel" --show-depends "$module"; done)
  for file in $(sed -n 's/^insmod \([^ ]*\).*/\1/p' <<<"$files" | sort -u); do
    install -D -m 644 "$file" "$target/kernel/${file#*/kernel/}"
  done
  cp "$kernel_root/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$target/"
  depmod -b "$tree" "$kernel"
  rm -f "$target"/*.bin "$target"/modules.{builtin,builtin.modinfo,order,devname,symbols} # busybox reads the text files
}

# add_program TREE PATH: a program or plug-in. Everything is in /usr/bin here, also what Debian has in /usr/sbin.
add_program() { install -D -m 755 "$(host_file "$2")" "$1${2/#\/usr\/sbin/\/usr\/bin}"; }

add_libraries() {
  local tree=$1 file files
  shift
  files=$(libraries "$@")
  for file in $files; do
    case ${file#"$unpacked"} in
      /usr/*) install -D -m 755 "$file" "$tree${file#"$unpacked"}" ;;
      *) install -D -m 755 "$file" "$tree/usr${file#"$unpacked"}" ;;
    esac
  done
}

# add_files TREE DIRECTORY: the project's own files, with the two modes that version control keeps.
add_files() {
  local file
  (cd "$2" && find . -type f) | while read -r file; do
    if [ -x "$2/$file" ]; then install -D -m 755 "$2/$file" "$1/$file"; else install -D -m 644 "$2/$file" "$1/$file"; fi
  done
}

make_initramfs() {
  local tree=$work/initramfs
  start_tree "$tree"
  add_modules "$tree" "${boot_modules[@]}"
  add_files "$tree" "$here/guest/initramfs"
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$tree" && find . -print0 | sort -z | cpio --quiet --null -o -H newc --reproducible -R 0:0) | gzip -9n >"$work/initrd.gz"
}

make_root() {
  local tree=$work/root program programs=() name
  start_tree "$tree"
  add_modules "$tree" "${boot_modules[@]}" "${root_modules[@]}"
  rm -f "$tree"/usr/bin/{poweroff,halt,reboot}
  for program in "${guest_programs[@]}"; do
    add_program "$tree" "$program"
    programs+=("$(host_file "$program")")
  done
  add_libraries "$tree" "${programs[@]}"
  ln -s dbclient "$tree/usr/bin/ssh"
  add_files "$tree" "$here/guest/root"
  for name in shutdown poweroff halt reboot; do ln -s ../lib/micro/shutdown "$tree/usr/bin/$name"; done
  ln -s ../lib/micro/chpasswd "$tree/usr/bin/chpasswd"
  ln -s /run/resolv.conf "$tree/etc/resolv.conf"
  ln -s /proc/mounts "$tree/etc/mtab"
  mkdir -p "$tree"/{mnt,run,tmp,etc/dropbear,home/cloud,usr/local/bin,var/log,var/lib/cloud,var/tmp}
  ln -s ../run "$tree/var/run"
}
