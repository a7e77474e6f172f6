# Every command of volumes.

at_version() { OS_VOLUME_API_VERSION=$1 "${@:2}"; }
export -f at_version

check 60 "a type is made, set and unset" bash -c '
  as_admin shows "name=\"type\"" "is_public=\"True\"" kept -- volume type create --description mine --property kept=here type &&
  as_admin openstack volume type set --name type1 --description other --property more=words type && as_admin openstack volume type unset --property kept type1 &&
  as_admin openstack volume type unset --property more type1 && as_admin shows "name=\"type1\"" "description=\"other\"" -- volume type show type1 && lists " type1 True" volume type list'
check 60 "a type of few is seen by whom it is given to" bash -c '
  as_admin shows "is_public=\"False\"" -- volume type create --private few && lists_not few volume type list && as_admin openstack volume type set --project demo few &&
  lists few volume type list && as_admin openstack volume type unset --project demo few && lists_not few volume type list && as_admin openstack volume type delete few'
check 60 "limits of speed are made, set and given to a type" bash -c '
  as_admin shows "consumer=\"front-end\"" "total_iops_sec" -- volume qos create --consumer front-end --property total_iops_sec=500 speed &&
  as_admin openstack volume qos set --property total_bytes_sec=1000000 speed && as_admin openstack volume qos associate speed type1 &&
  as_admin shows type1 1000000 -- volume qos show speed && as_admin openstack volume qos unset --property total_bytes_sec speed &&
  as_admin lists "speed front-end .*type1" volume qos list && as_admin openstack volume qos disassociate --volume-type type1 speed && as_admin openstack volume qos delete speed &&
  as_admin lists_not speed volume qos list'

check 60 "a volume is made" bash -c '
  shows "name=\"vol\"" "size=\"1\"" "type=\"type1\"" "color" -- volume create --size 1 --type type1 --description mine --property color=red vol && until_true 40 volume_is vol status available'
check 60 "it is set, and unset" bash -c '
  openstack volume set --name vol1 --description other --property shape=round --bootable --read-only vol && openstack volume unset --property color vol1 &&
  shows "name=\"vol1\"" "description=\"other\"" round "bootable=\"true\"" -- volume show vol1 && ! shows "red" -- volume show vol1 >/dev/null &&
  openstack volume set --read-write --non-bootable vol1'
check 60 "it grows, and never shrinks" bash -c '
  openstack volume set --size 2 vol1 && until_true 40 volume_is vol1 size 2 && says "must be greater" openstack volume set --size 1 vol1 && until_true 20 volume_is vol1 status available'
check 60 "volumes are listed by what is asked" bash -c '
  lists " vol1 available 2 " volume list && lists vol1 volume list --name vol1 --status available --long && lists_not vol1 volume list --status error &&
  as_admin lists vol1 volume list --all-projects && as_admin lists_not vol1 volume list'
check 60 "limits and zones are told" bash -c '
  lists "^totalVolumesUsed 1$" limits show --absolute && lists nova availability zone list --volume'
check 60 "who keeps volumes is told, and can be set" bash -c '
  as_admin lists "cinder-volume host1@local nova enabled up" volume service list && as_admin openstack volume service set --disable --disable-reason broken host2@local cinder-volume &&
  as_admin lists "host2@local nova disabled" volume service list --service cinder-volume --long && as_admin openstack volume service set --enable host2@local cinder-volume'
check 40 "pools are told, for which this CLI has no command" bash -c '
  curl -sf -H "X-Auth-Token: $(as_admin of id token issue)" "http://127.0.0.1:$port/volume/v3/scheduler-stats/get_pools" | grep -qF "host1@local#local"'
check 90 "a volume moves to another host" bash -c '
  at=$(as_admin of os-vol-host-attr:host volume show vol1) && case $at in host1@*) to=host2@local#local ;; *) to=host1@local#local ;; esac &&
  as_admin openstack volume migrate --host "$to" vol1 && until_true 60 as_admin is_now "$to" os-vol-host-attr:host volume show vol1 && until_true 20 volume_is vol1 status available'
check 60 "an operator sets what a volume is said to be" bash -c '
  as_admin openstack volume set --state error "$(volume_of vol1)" && volume_is vol1 status error && as_admin openstack volume set --state available "$(volume_of vol1)" && volume_is vol1 status available'
check 60 "a volume is given another type" bash -c 'openstack volume set --type __DEFAULT__ vol1 && until_true 40 volume_is vol1 type __DEFAULT__'

check 60 "a snapshot is taken, set and unset" bash -c '
  shows "name=\"snap\"" "size=\"2\"" -- volume snapshot create --volume vol1 --description mine --property color=red snap && until_true 40 snapshot_is snap available &&
  openstack volume snapshot set --name snap1 --description other --property shape=round snap && openstack volume snapshot unset --property color snap1 &&
  shows "description=\"other\"" round -- volume snapshot show snap1 && lists "snap1 other available 2" volume snapshot list && lists snap1 volume snapshot list --volume vol1'
check 90 "volumes are made of snapshot, volume and image" bash -c '
  openstack volume create --snapshot snap1 of-snap && openstack volume create --source vol1 of-vol && openstack volume create --image micro --size 1 of-image &&
  for v in of-snap of-vol of-image; do until_true 60 volume_is "$v" status available || exit 1; done && shows "snapshot_id=\"$(of id volume snapshot show snap1)\"" "size=\"2\"" -- volume show of-snap &&
  shows "source_volid=\"$(volume_of vol1)\"" -- volume show of-vol && shows "bootable=\"true\"" image_name micro -- volume show of-image'
check 90 "a backup is made, set and listed" bash -c '
  shows "name=\"backup\"" -- volume backup create --name backup --description mine vol1 && until_true 60 backup_is backup available &&
  at_version 3.43 openstack volume backup set --name backup1 --description other --property color=red backup && at_version 3.43 openstack volume backup unset --property color backup1 &&
  shows "description=\"other\"" "size=\"2\"" "volume_id=\"$(volume_of vol1)\"" -- volume backup show backup1 && lists " backup1 other available 2" volume backup list'
check 90 "it comes back" bash -c '
  restore --force backup1 of-snap && until_true 60 volume_is of-snap status available && until_true 20 backup_is backup1 available'
check 60 "its record is taken out, and not in again while it is there" bash -c '
  as_admin openstack volume backup record export -f shell "$(backup_id backup1)" >"$work/record" && . "$work/record" && [ "$backup_service" = pipeline.blobs ] &&
  as_admin says "already exists" openstack volume backup record import "$backup_service" "$backup_url"'

check 60 "a volume is offered, shown and withdrawn" bash -c '
  id=$(of id volume transfer request create --name offer of-vol) && shows "name=\"offer\"" "$(volume_of of-vol)" -- volume transfer request show offer &&
  lists "$id offer" volume transfer request list && volume_is of-vol status awaiting-transfer && openstack volume transfer request delete offer && volume_is of-vol status available'
check 60 "a volume is taken by another project" bash -c '
  openstack volume transfer request create -f shell of-vol >"$work/offer" && . "$work/offer" && as_admin shows "id=\"$id\"" -- volume transfer request accept --auth-key "$auth_key" "$id" &&
  as_admin lists of-vol volume list && lists_not of-vol volume list && as_admin openstack volume delete of-vol'
check 60 "what failed is told, and can be forgotten" bash -c '
  as_admin openstack volume type create --property volume_backend_name=none nowhere && openstack volume create --size 1 --type nowhere lost &&
  until_true 30 volume_is lost status error && id=$(at_version 3.5 of ID volume message list) && at_version 3.5 shows "resource_type=\"VOLUME\"" "$(volume_of lost)" -- volume message show "$id" &&
  at_version 3.5 openstack volume message delete "$id" && at_version 3.5 lists_not "$id" volume message list && openstack volume delete lost && until_true 20 gone volume show lost &&
  as_admin openstack volume type delete nowhere'
check 60 "what lists can be asked by is told" bash -c 'at_version 3.33 lists "volume .*status" block storage resource filter list'
check 60 "a project's limits of volumes are set, shown and listed" bash -c '
  as_admin openstack quota set --volumes 33 --gigabytes 4444 --snapshots 22 --backups 7 demo && shows "volumes=\"33\"" "gigabytes=\"4444\"" "snapshots=\"22\"" "backups=\"7\"" -- quota show &&
  as_admin lists "4444" quota list --volume && as_admin openstack quota set --class --volumes 55 default && shows "volumes=\"55\"" -- quota show --default'

check 120 "a server has booted meanwhile" until_true 110 status_is one ACTIVE
check 60 "its user gets in, from its host" until_true 50 ssh_to one true
check 60 "it is given an address outside, and gives it back" bash -c '
  outside=$(cat "$work/outside") && openstack server add floating ip one "$outside" && shows "fixed_ip_address=\"10.0.0." "status=\"ACTIVE\"" -- floating ip show "$outside" &&
  openstack server remove floating ip one "$outside" && shows "fixed_ip_address=\"None\"" -- floating ip show "$outside"'
check 60 "it is given a group, and gives it back" bash -c '
  openstack server add security group one sg1 && shows sg1 -- server show one && openstack server remove security group one sg1 && ! shows sg1 -- server show one'
# A file is reached from its own host alone.
check 120 "a volume is brought to its host" bash -c '
  to=$(as_admin of OS-EXT-SRV-ATTR:host server show "$(of id server show one)")@local#local && { as_admin is_now "$to" os-vol-host-attr:host volume show of-image ||
  as_admin openstack volume migrate --host "$to" of-image; } && until_true 60 as_admin is_now "$to" os-vol-host-attr:host volume show of-image'
check 120 "it is given a volume, and gives it back" bash -c '
  until_true 20 volume_is of-image status available && openstack server add volume one of-image && until_true 60 volume_is of-image status in-use &&
  shows "$(of id server show one)" -- volume show of-image && lists "/dev/vd" server volume list one && id=$(at_version 3.27 of ID volume attachment list) &&
  at_version 3.27 shows "$(volume_of of-image)" attached -- volume attachment show "$id" && openstack server remove volume one of-image &&
  until_true 60 volume_is of-image status available && at_version 3.27 lists_not "$id" volume attachment list'
