# A guest that boots from a volume behind a server of disks (PIPELINE_DISKS: nbd, iscsi or nfs), on a file system that shares blocks. While it writes, the volume is
# copied, grows and is backed up; what was made of it is compared with what the guest had written, by checksum.

disks=${PIPELINE_DISKS:-nbd}
[[ $disks =~ ^(nbd|iscsi|nfs)$ ]] || { echo "PIPELINE_DISKS is nbd, iscsi or nfs, not $disks" >&2 && exit 2; }
export disks

after_end() { umount "$work/disk" 2>/dev/null || umount -l "$work/disk" 2>/dev/null; }
make_disk() { mkdir "$work/disk" && truncate -s 8G "$work/disk.img" && mkfs.xfs -q -m reflink=1 "$work/disk.img" && mount -o loop "$work/disk.img" "$work/disk" && rm "$work/disk.img"; }

# Each file is on the disk before its line is: whatever instant a copy is of, its lines tell the truth.
cat >"$work/writer" <<'END'
mkdir -p /var/kept && cd /var/kept || exit 1
n=0
while [ ! -e stop ]; do
  n=$((n + 1))
  dd if=/dev/urandom of=$n bs=64k count=1 2>/dev/null && sync $n || exit 1
  echo "$n $(sha256sum <$n)" >>sums && sync sums || exit 1
done
touch stopped
END
cat >"$work/reader" <<'END'
cd /var/kept || exit 1
lines=0
while read -r n sum; do
  [ "$(sha256sum <$n)" = "$sum" ] || { echo "file $n is not what was written"; exit 1; }
  lines=$((lines + 1))
done <sums
echo $lines
END
run_in() { ssh_to "$1" "sudo sh -c 'cat >/tmp/$2 && sh /tmp/$2'" <"$work/$2"; }
write_in() { ssh_to "$1" "sudo sh -c 'cat >/tmp/writer && (setsid sh /tmp/writer >/tmp/said 2>&1 </dev/null &)'" <"$work/writer"; }
lines_in() { ssh_to "$1" "wc -l </var/kept/sums"; }
writes_on() { local before; before=$(lines_in "$1") && until_true 60 more_than "$before" "$1"; }
more_than() { [ "$(lines_in "$2")" -gt "$1" ]; }
whole_with() { local lines; lines=$(run_in "$1" reader) && echo "$lines lines" && [ "$lines" -ge "$2" ]; } # SERVER LINES
sum_of() { ssh_to "$1" "sudo sh -c 'cd /var/kept && cat sums \$(seq \$(wc -l <sums)) | sha256sum'"; }
size_in() { ssh_to "$1" cat /sys/block/vda/size; }
has_gib() { [ "$(size_in "$1")" = $(($2 * 2097152)) ]; }
boots_from() { openstack server create --volume "$1" --flavor m1.nano --network private --key-name mykey --wait "$2" && until_true 120 ssh_to "$2" true; }
# What QEMU was told to open the disk by, in its own words.
is_behind_a_server() {
  local id
  id=$(openstack server show -f value -c id "$1") &&
    pgrep -af "^[^ ]*qemu-system-[^ ]* .*-pidfile $data/hosts/host1/guests/$id/pid" | grep -F "\"driver\":\"$disks\""
}
# One of nbdkit serves one volume; the others serve on.
nbd_servers() { pgrep -af 'nbdkit .*--pidfile=' | grep -F "$work"; }
none_left() { { [ "$disks" != nbd ] || [ -z "$(nbd_servers)" ]; } && [ -z "$(find "$work/disk" -name data)" ]; }
export -f make_disk run_in write_in lines_in writes_on more_than whole_with sum_of size_in has_gib boots_from is_behind_a_server nbd_servers none_left

check 60 "a file system that shares blocks can be made" make_disk
check 600 "infra/up makes a cloud whose volumes are behind a server" up --port "$port" --volume-backend "net=$disks:$work/disk"
[ "$failed" = 0 ] || return 0
check 40 "a key pair can be made" bash -c 'openstack keypair create mykey >"$work/key.pem" && chmod 600 "$work/key.pem"'
check 40 "SSH can be allowed" openstack security group rule create --protocol tcp --dst-port 22 default
check 120 "a volume is made of an image" bash -c '
  openstack volume create --size 1 --image micro disk && until_true 90 volume_is disk status available'
check 240 "a server boots from it" boots_from disk one
check 40 "its disk is behind a server" is_behind_a_server one
check 90 "it writes, each file with its checksum" bash -c 'write_in one && until_true 60 more_than 5 one'
check 150 "a snapshot is taken while it writes" bash -c '
  lines_in one >"$work/lines" && openstack volume snapshot create --force --volume disk during &&
  until_true 90 snapshot_is during available'
check 90 "it writes on" writes_on one
gib=1
if [ "$disks" = iscsi ]; then # tgt tells nobody that a disk has grown
  check 60 "the volume does not grow while it is attached, and the answer says why" bash -c '
    says online_extend_support openstack --os-volume-api-version 3.42 volume set --size 2 disk && volume_is disk size 1'
else
  gib=2
  check 120 "the volume grows while it writes" bash -c '
    openstack --os-volume-api-version 3.42 volume set --size 2 disk && until_true 90 volume_is disk size 2'
  check 60 "its guest sees that" until_true 50 has_gib one 2
fi
export gib
check 90 "it writes on after that" writes_on one
check 120 "a volume is made of the snapshot" bash -c '
  openstack volume create --snapshot during clone && until_true 90 volume_is clone status available'
check 240 "another server boots from that" boots_from clone two
check 120 "it has all that had been written, and nothing broken" bash -c 'whole_with two "$(cat "$work/lines")"'
check 120 "that server goes" openstack server delete --wait two
check 60 "the writer ends" bash -c '
  ssh_to one sudo touch /var/kept/stop && until_true 40 ssh_to one test -e /var/kept/stopped && ssh_to one sync &&
  sum_of one >"$work/sum" && cat "$work/sum"'
check 240 "the volume is backed up while its server runs" bash -c '
  openstack volume backup create --force --name kept disk && until_true 200 backup_is kept available'
check 240 "the backup comes back as a volume" bash -c '
  restore kept && made=restore_backup_$(backup_id kept) && until_true 200 volume_is "$made" status available &&
  openstack volume set --name restored "$made" && volume_is restored size "$gib" && volume_is restored bootable true'
check 240 "a server boots from that" boots_from restored three
check 60 "it holds what was written" bash -c '[ "$(sum_of three)" = "$(cat "$work/sum")" ]'
check 120 "a volume can be copied while its server runs" bash -c '
  openstack volume create --source disk copy && until_true 90 volume_is copy status available'
check 180 "the servers go" openstack server delete --wait one three
check 180 "volumes, snapshots and backups go, and their servers and files" bash -c '
  openstack volume backup delete kept && openstack volume snapshot delete during &&
  until_true 60 bash -c "[ -z \"\$(openstack volume snapshot list -f value -c ID)\" ]" && until_true 60 volume_is disk status available &&
  openstack volume delete disk clone copy restored && until_true 60 no_backups && until_true 60 none_left'
