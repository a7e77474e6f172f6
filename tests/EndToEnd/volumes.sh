# Volumes of the cloud's first host, with the CLI: qcow2 files that no guest has yet.

# What is kept of images is a cache, and stays.
volume_files() { find "$data/hosts/host1/volumes" -type f ! -path '*/images/*' ! -name 'image.*'; }
no_volumes() { [ -z "$(openstack volume list -f value -c ID)" ] && [ -z "$(volume_files)" ]; }
layer_of() { ls "$data"/hosts/host1/volumes/local/*/layers/"$(volume_of "$1")".* | tail -1; }
same_volumes() { qemu-img compare "$(layer_of "$1")" "$(layer_of "$2")"; }
export -f volume_files no_volumes layer_of same_volumes

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
check 120 "a volume becomes an image" bash -c '
  openstack image create --volume boots --disk-format qcow2 --container-format bare made &&
  until_true 90 image_is made active && until_true 30 volume_is boots status available'
check 60 "the image holds what the volume held" bash -c '
  openstack image save --file "$data/made.qcow2" made && qemu-img compare "$data/made.qcow2" "$(layer_of boots)" &&
  rm "$data/made.qcow2" && openstack image delete made'
check 120 "a volume can be backed up, and what has changed since" bash -c '
  openstack volume backup create --name full boots && until_true 90 backup_is full available &&
  openstack volume backup create --incremental --name later boots && until_true 90 backup_is later available'
check 60 "a backup that another stands on stays" bash -c '! openstack volume backup delete full'
check 120 "a backup comes back as a volume" bash -c '
  restore later && made=restore_backup_$(backup_id later) && until_true 90 volume_is "$made" status available &&
  same_volumes boots "$made" && openstack volume delete "$made"'
check 120 "a backup takes the place of what a volume holds" bash -c '
  restore --force full data && until_true 90 volume_is data status available && same_volumes boots data'
check 90 "backups go" bash -c '
  openstack volume backup delete later && until_true 60 bash -c "! openstack volume backup show later" &&
  openstack volume backup delete full && until_true 60 no_backups'
check 60 "a volume goes to who has the key" bash -c '
  offer=($(openstack volume transfer request create -f value -c id -c auth_key data)) &&
  for word in "${offer[@]}"; do case $word in *-*) id=$word ;; *) key=$word ;; esac; done &&
  volume_is data status awaiting-transfer && openstack volume transfer request accept --auth-key "$key" "$id" &&
  volume_is data status available'
check 60 "a volume that has snapshots stays" bash -c '! openstack volume delete boots'
check 120 "volumes and snapshots go, and their files" bash -c '
  openstack volume snapshot delete before && openstack volume delete data copy &&
  until_true 60 bash -c "[ -z \"\$(openstack volume snapshot list -f value -c ID)\" ]" &&
  openstack volume delete boots && until_true 60 no_volumes'
