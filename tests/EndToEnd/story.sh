# The story with real guests, in the order a user would live it.

log_has() { openstack console log show "$1" | grep -q -- "$2"; }
cloud_id() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).Cloud' "$data/hosts/host1/joined.json"; }

# What this cloud has on the machine: its links, namespaces and processes.
on_the_machine() {
  local cloud
  cloud=$(cloud_id) || return 1
  ip -o link show | grep -F "pipeline:$cloud:"
  ip netns list | awk '{print $1}' | while read -r space; do
    ip -n "$space" -o link show 2>/dev/null | grep -F "pipeline:$cloud:"
  done
  pgrep -af "$data/hosts/host1/(guests|networks|dhcp|run)" | grep -v pgrep
  find "$data/hosts/host1/guests" "$data/hosts/host1/disks" -mindepth 1 2>/dev/null
  return 0
}
nothing_left() { [ -z "$(on_the_machine)" ] || { on_the_machine; return 1; }; }
export -f log_has cloud_id on_the_machine nothing_left

cat >"$work/user-data" <<'END'
#!/bin/sh
echo "user data ran as $(id -un)"
echo done >/tmp/user-data-ran
END

check 600 "infra/up makes a cloud" up --port "$port"
[ "$failed" = 0 ] || return 0
check 60 "infra/up run twice does no harm" up
check 40 "the CLI gets a token" openstack token issue
check 40 "the catalogue lists what works" openstack catalog list
check 90 "stock clients resolve all of it for a user" "$root/tests/EndToEnd/catalogue.py" pipeline
check 90 "stock clients resolve all of it for an operator" "$root/tests/EndToEnd/catalogue.py" pipeline-admin
check 60 "an image can be uploaded" openstack image create --disk-format qcow2 --container-format bare \
  --file "$data/images/micro.qcow2" mine
check 40 "an image can be shown" openstack image show mine
. "$(dirname "${BASH_SOURCE[0]}")/volumes.sh"
check 40 "a network can be made" openstack network create net
check 40 "a subnet can be made" openstack subnet create --network net --subnet-range 10.1.0.0/24 sub
check 40 "a key pair can be made" bash -c 'openstack keypair create mykey >"$work/key.pem" && chmod 600 "$work/key.pem"'
check 40 "SSH can be allowed" openstack security group rule create --protocol tcp --dst-port 22 default
check 240 "a server can be made" openstack server create --image mine --flavor m1.nano --network net \
  --key-name mykey --user-data "$work/user-data" --wait one
check 40 "it is ACTIVE" status_is one ACTIVE
check 120 "its console shows its name" until_true 110 log_has one 'host.*one'
check 60 "its console shows its address" until_true 50 log_has one 'addr=10\.1\.0\.'
check 60 "its metadata service answered" until_true 50 log_has one 'metadata.*\(answered\|service\)'
check 90 "its user data ran" until_true 80 log_has one 'user data ran'
check 90 "its user gets in by SSH" until_true 80 ssh_to one true
check 30 "SSH runs a command" bash -c '[ "$(ssh_to one hostname)" = one ]'
check 30 "its operations can be watched" "$root/infra/watch" --data "$data" one
check 40 "its events are listed" openstack server event list one

check 120 "a soft reboot comes back" bash -c 'openstack server reboot one && until_true 100 status_is one ACTIVE'
check 120 "SSH answers after the reboot" until_true 110 ssh_to one true
check 300 "it can be stopped" bash -c 'openstack server stop one && until_true 240 status_is one SHUTOFF'
check 120 "it can be started" bash -c 'openstack server start one && until_true 100 status_is one ACTIVE'
check 120 "SSH answers after the start" until_true 110 ssh_to one true
check 120 "a hard reboot comes back" bash -c 'openstack server reboot --hard one && until_true 100 status_is one ACTIVE'

. "$(dirname "${BASH_SOURCE[0]}")/attach.sh"
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

check 120 "an impossible server says why" bash -c '
  OS_CLOUD=pipeline-admin openstack flavor create --ram 9000000 --vcpus 1 --disk 1 huge
  OS_CLOUD=pipeline-admin openstack quota set --ram 99999999 demo
  openstack server create --image mine --flavor huge --network net impossible
  until_true 60 status_is impossible ERROR && openstack server show -f value -c fault impossible | grep -q "rejected by memory"
  openstack server delete impossible && until_true 60 is_gone impossible'
check 40 "an unknown image is refused" bash -c '! openstack server create --image nothing --flavor m1.nano --network net no'

check 120 "the server can be deleted" openstack server delete --wait one
check 30 "nothing of it is left on the machine" until_true 25 nothing_left
check 90 "rule, key, subnet, network and image go" bash -c '
  openstack security group rule delete $(openstack security group rule list --protocol tcp -f value -c ID default) &&
  openstack keypair delete mykey && openstack network delete net && openstack image delete mine'
check 20 "nothing is counted any more" nothing_counted

. "$(dirname "${BASH_SOURCE[0]}")/purge.sh"
