# Volumes of the cloud's first host, with the CLI: qcow2 files that no guest has yet.

volume_is() { [ "$(openstack volume show -f value -c "$2" "$1")" = "$3" ]; }
snapshot_is() { [ "$(openstack volume snapshot show -f value -c status "$1")" = "$2" ]; }
volume_files() { find "$data/hosts/host1/volumes" -type f; }
no_volumes() { [ -z "$(openstack volume list -f value -c ID)" ] && [ -z "$(volume_files)" ]; }
export -f volume_is snapshot_is volume_files no_volumes

check 90 "a volume can be made" bash -c 'openstack volume create --size 1 data && until_true 60 volume_is data status available'
check 120 "a volume can be filled with an image" bash -c '
  openstack volume create --size 1 --image mine boots && until_true 90 volume_is boots status available &&
  volume_is boots bootable true'
check 90 "it holds the image" bash -c '
  qemu-img compare "$data/images/micro.qcow2" "$data"/hosts/host1/volumes/local/*/layers/"$(openstack volume show -f value -c id boots)".*'
check 90 "a snapshot can be taken" bash -c '
  openstack volume snapshot create --volume boots before && until_true 60 snapshot_is before available'
check 90 "a volume can be made of it" bash -c '
  openstack volume create --snapshot before --size 2 copy && until_true 60 volume_is copy status available'
check 90 "a volume can grow" bash -c 'openstack volume set --size 3 copy && until_true 60 volume_is copy size 3'
check 60 "a volume that has snapshots stays" bash -c '! openstack volume delete boots'
check 120 "volumes and snapshots go, and their files" bash -c '
  openstack volume snapshot delete before && openstack volume delete data copy &&
  until_true 60 bash -c "[ -z \"\$(openstack volume snapshot list -f value -c ID)\" ]" &&
  openstack volume delete boots && until_true 60 no_volumes'
