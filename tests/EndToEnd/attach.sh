# A volume that goes from one running guest to another, and a guest that boots from one. `one` runs, and its user gets in.

disk_of() { ssh_to "$1" "for d in /sys/block/vd*; do [ \"\$(cat \$d/serial)\" = $(volume_of carried | cut -c 1-20) ] && basename \$d; done"; }
has_disk() { [ -n "$(disk_of "$1")" ]; }
sum_in() { ssh_to "$1" "sudo dd if=/dev/$(disk_of "$1") bs=1M count=4 2>/dev/null | sha256sum"; }
export -f disk_of has_disk sum_in

check 90 "a volume can be attached to a running server" bash -c '
  openstack volume create --size 1 carried && until_true 60 volume_is carried status available &&
  openstack server add volume one carried && until_true 60 volume_is carried status in-use'
check 40 "the server shows it" bash -c 'openstack server volume list -f value one | grep -q "$(volume_of carried)"'
check 60 "its guest sees the disk, by the volume's id" until_true 50 has_disk one
check 60 "it writes to it" bash -c '
  ssh_to one "sudo dd if=/dev/urandom of=/dev/$(disk_of one) bs=1M count=4 && sync" && sum_in one >"$work/sum" && [ -s "$work/sum" ]'
check 40 "a volume that is attached is not deleted" bash -c '! openstack volume delete carried'
check 120 "the volume can be detached" bash -c '
  openstack server remove volume one carried && until_true 100 volume_is carried status available'
check 40 "the guest has it no more" bash -c '! has_disk one'
check 240 "a server can boot from a volume that is made of an image" bash -c '
  openstack server create --image mine --boot-from-volume 1 --flavor m1.nano --network net --key-name mykey --wait two'
check 120 "its user gets in" until_true 110 ssh_to two true
check 40 "it has no image" bash -c 'openstack server show -f value -c image two | grep -qv micro'
check 90 "it is given the volume" bash -c '
  openstack server add volume two carried && until_true 60 volume_is carried status in-use && until_true 20 has_disk two'
check 60 "it reads what the other has written" bash -c '[ "$(sum_in two)" = "$(cat "$work/sum")" ]'
check 240 "after a stop and a start it has both" bash -c '
  openstack server stop two && until_true 120 status_is two SHUTOFF && openstack server start two &&
  until_true 60 status_is two ACTIVE && until_true 60 has_disk two'
check 120 "a server that goes lets go of its volumes" bash -c '
  openstack server delete --wait two && until_true 60 volume_is carried status available'
check 120 "the volumes go" bash -c '
  for v in $(openstack volume list -f value -c ID); do openstack volume delete "$v" || exit 1; done && until_true 60 no_volumes'
