# What stories with volumes, guests and several hosts say.

volume_is() { [ "$(openstack volume show -f value -c "$2" "$1")" = "$3" ]; }
volume_of() { openstack volume show -f value -c id "$1"; }
snapshot_is() { [ "$(openstack volume snapshot show -f value -c status "$1")" = "$2" ]; }
image_is() { [ "$(openstack image show -f value -c status "$1")" = "$2" ]; }
backup_is() { [ "$(openstack volume backup show -f value -c status "$1")" = "$2" ]; }
backup_id() { openstack volume backup show -f value -c id "$1"; }
# The client of Debian 12 asks, and then falls over what it is answered.
restore() { openstack volume backup restore "$@" 2>&1 | tee "$work/restored" | grep -q 'VolumeBackupsRestore object'; }
no_backups() { [ -z "$(openstack volume backup list -f value -c ID)" ]; }
ssh_to() { "$root/infra/ssh" --data "$data" "$1" -i "$work/key.pem" -o BatchMode=yes "${@:2}"; }
# The test bed of infra/up --real; all names of it carry its tag.
tag=$(printf %s "$data" | sha256sum | cut -c 1-4)
bed_left() { ip netns list | grep "^plbed-$tag"; ip -o link show | grep -F "plex$tag"; nft list tables | grep -F "plbed-$tag"; true; }
nothing_of_the_bed() { [ -z "$(bed_left)" ] || { bed_left; return 1; }; }
export tag
export -f bed_left nothing_of_the_bed volume_is volume_of snapshot_is image_is backup_is backup_id restore no_backups ssh_to
