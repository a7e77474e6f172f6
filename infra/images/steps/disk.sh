# From the trees to a disk: FAT with kernel and loaders, ext4 with the root, a partition table, qcow2.

disk_mib=64
label=micro-root
command_line="console=tty0 console=ttyS0,115200 quiet no_timer_check random.trust_cpu=on cryptomgr.notests rcupdate.rcu_expedited=1 8250.nr_uarts=1 audit=0 apparmor=0"

# One MiB more than it holds, and never so little that it could not be FAT16.
make_boot_partition() {
  local fat=$work/boot.img boot=$work/boot file
  add_files "$boot" "$here/guest/boot"
  sed -i "s|@CMDLINE@|$command_line|" "$boot/syslinux.cfg" "$boot/loader/entries/linux.conf"
  install -D -m 644 "$(host_file /usr/lib/systemd/boot/efi/systemd-bootx64.efi)" "$boot/EFI/BOOT/BOOTX64.EFI"
  install -m 644 "$kernel_root/boot/vmlinuz-$kernel" "$boot/vmlinuz"
  install -m 644 "$work/initrd.gz" "$boot/initrd.gz"
  find "$boot" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  boot_mib=$(($(du -s --apparent-size -B 1M "$boot" | cut -f1) + 1))
  truncate -s "${boot_mib}M" "$fat"
  mkfs.fat --invariant -F 16 -s 4 -n BOOT -i 6d696372 "$fat" >/dev/null
  (cd "$boot" && find . -mindepth 1 -type d -printf '::%P\0' | sort -z | xargs -0 mmd -i "$fat")
  (cd "$boot" && find . -type f -printf '%P\n' | sort) | while read -r file; do mcopy -m -i "$fat" "$boot/$file" "::$file"; done
  syslinux --install "$fat"
}

# The tree as commands for debugfs, in an order of names and not of this machine's directory; owners and times are its own.
root_commands() {
  local kind mode path target
  while IFS=$'\t' read -r kind mode path target; do
    case $kind in
      d) printf 'mkdir %s\nsif %s mode 04%s\n' "$path" "$path" "$mode" ;;
      l) printf 'symlink %s %s\n' "$path" "$target" ;;
      f) printf 'cd %s\nwrite %s %s\ncd /\nsif %s mode 010%s\n' "${path%/*}/" "$work/root$path" "${path##*/}" "$path" "$mode" ;;
    esac
  done < <(find "$work/root" -mindepth 1 -printf '%y\t%04m\t/%P\t%l\n' | sort -t $'\t' -k 3,3)
  printf 'sif %s\n' '/home/cloud uid 1000' '/home/cloud gid 1000' '/home/cloud mode 040700' '/root mode 040700' \
    '/tmp mode 041777' '/var/tmp mode 041777' '/etc/shadow mode 0100600' '/etc/sudoers mode 0100440' '/usr/bin/sudo mode 0104755'
}

make_root_partition() {
  local ext=$work/root.img
  export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH MKE2FS_CONFIG=$here/guest/mke2fs.conf
  truncate -s "$((disk_mib - boot_mib - 1))M" "$ext"
  mke2fs -q -t ext4 -T ext4 -L $label -m 0 -J size=4 -e remount-ro -U 6d696372-6f00-4000-8000-000000000001 \
    -E root_owner=0:0,lazy_itable_init=0,hash_seed=6d696372-6f00-4000-8000-000000000002 "$ext"
  root_commands >"$work/root.commands"
  # debugfs ends with 0 whatever happens, but keeps silent when all is well
  debugfs -w -f "$work/root.commands" "$ext" 2>&1 >/dev/null | sed 1d >"$work/root.errors"
  [ ! -s "$work/root.errors" ] || fail "the root file system: $(head -n 3 "$work/root.errors")"
  e2fsck -fn "$ext" >/dev/null 2>&1 || fail "the root file system is not clean"
}

make_disk() {
  local disk=$work/disk.img boot_sectors=$((boot_mib * 2048))
  truncate -s "${disk_mib}M" "$disk"
  sfdisk -q "$disk" <<-END
	label: dos
	label-id: 0x6d696372
	start=2048, size=$boot_sectors, type=ef, bootable
	start=$((2048 + boot_sectors)), type=83
	END
  dd if="$(host_file /usr/lib/syslinux/mbr/mbr.bin)" of="$disk" bs=440 count=1 conv=notrunc status=none
  dd if="$work/boot.img" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if="$work/root.img" of="$disk" bs=1M seek=$((1 + boot_mib)) conv=notrunc,sparse status=none
  qemu-img convert -q -f raw -O qcow2 -c "$disk" "$1"
}
