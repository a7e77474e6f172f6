# Three hosts on one machine, joined by an underlay: a network node and two compute nodes, a network across them, a router, an
# address outside, and the API seen from a guest; then all of that without the control plane, and across its return.

by_address() { ssh -i "$work/key.pem" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 "root@$(cat "$work/address")" "$@"; }
boots() { openstack server create --image micro --flavor m1.nano --network private --key-name mykey --wait "$1"; }
host_of() { openstack --os-cloud pipeline-admin server list --all-projects --long -f value -c Name -c Host | awk -v name="$1" '$1 == name { print $2 }'; }
address_of() { openstack server show -f json "$1" | grep -oE '10\.0\.0\.[0-9]+' | head -n 1; }
# A client of its own beside the guest's: what it is answered changes nothing.
leases() { by_address udhcpc -i eth0 -f -n -q -t 5 -T 2 -s /bin/true; }
knows_itself() { by_address wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json | grep -q '"one"'; }
routes() { ip netns list | grep -q "^pl-$tag$1-router-"; }
agents_are_up() {
  local states
  states=$(openstack --os-cloud pipeline-admin compute service list -f value -c State) && [ -n "$states" ] && ! grep -qv up <<<"$states"
}
filters() { # HOST WORD: a filter on the host has it
  local space
  for space in $(ip netns list | grep -oE "^pl-$tag$1-[0-9a-f]{8}-[^ ]+"); do
    ip netns exec "$space" nft list ruleset | grep -q -- "$2" && return
  done
  return 1
}
no_gap() { # FILE: what ping wrote; each packet that it sent before the last answer was answered once
  awk -F 'seq=' '/seq=.* time=.* ms$/ { split($2, word, " "); if (seen++ && word[1] != last + 1) gap = 1; last = word[1] } END { exit gap || seen < 50 }' "$1" ||
    { tail -n 5 "$1"; return 1; }
}
pings=()
before_end() { [ ${#pings[@]} = 0 ] || kill "${pings[@]}" 2>/dev/null; true; }
pings_ended() { ! kill -0 "${pings[@]}" 2>/dev/null; }
export -f by_address boots host_of address_of leases knows_itself routes agents_are_up filters no_gap
api=http://100.126.$((16#${tag:0:2})).1:$port/identity
export api

check 600 "infra/up makes a network node and two compute nodes" up --port "$port" --hosts 3 --real --roles network,storage --roles compute
[ "$failed" = 0 ] || return 0
check 40 "a key pair can be made" bash -c 'openstack keypair create mykey >"$work/key.pem" && chmod 600 "$work/key.pem"'
check 40 "SSH can be allowed" openstack security group rule create --protocol tcp --dst-port 22 default
check 40 "pings can be allowed" openstack security group rule create --protocol icmp default
check 120 "a server can be made" boots one
check 120 "another can be made" boots two
check 40 "each is on a host of its own" bash -c '[ "$(host_of one)" != "$(host_of two)" ] && [ -n "$(host_of two)" ]'
check 10 "the router is on the network node, and no guest" bash -c '
  routes 1 && ! routes 2 && ! routes 3 && [ "$(host_of one)" != host1 ] && [ "$(host_of two)" != host1 ]'
check 60 "a server gets an address outside" bash -c '
  openstack floating ip create public -f value -c floating_ip_address >"$work/address" &&
  openstack server add floating ip one "$(cat "$work/address")"'
check 120 "its user gets in by that address" until_true 110 by_address true
check 90 "servers on two hosts reach each other" until_true 80 by_address ping -c 1 -W 2 "$(address_of two)"
check 60 "and know each other's names" until_true 50 bash -c 'by_address nslookup two | grep -qF "$(address_of two)"'
check 30 "a guest reaches the API through its router" bash -c 'by_address wget -q -O - "$api" | grep -q v3'
check 60 "a guest makes a server, by plain HTTP from its shell" bash -c '
  body=$(printf "{\"server\":{\"name\":\"child\",\"flavorRef\":\"%s\",\"imageRef\":\"%s\",\"networks\":[{\"uuid\":\"%s\"}]}}" \
    "$(openstack flavor show -f value -c id m1.nano)" "$(openstack image show -f value -c id micro)" \
    "$(openstack network show -f value -c id private)") &&
  by_address "wget -q -O - --header \"X-Auth-Token: $(openstack token issue -f value -c id)\" \
    --header \"Content-Type: application/json\" --post-data '"'"'$body'"'"' ${api%/identity}/compute/v2.1/servers" | grep -q links'
check 120 "and it runs" until_true 110 bash -c '[ "$(openstack server show -f value -c status child)" = ACTIVE ]'
check 90 "a guest has leases, metadata and its address outside without the control plane" bash -c '
  address_of two >"$work/two" && kill_of functions && { [ ! -e "$data/run/azurite.pid" ] || kill_of azurite; } && leases && knows_itself &&
  by_address ping -c 3 -W 2 "$(cat "$work/two")"'
# From one guest to the other, and from outside through the router.
by_address "ping -i 0.2 $(cat "$work/two")" >"$work/inside.ping" 2>&1 & pings+=($!)
ping -n -i 0.2 "$(cat "$work/address")" >"$work/outside.ping" 2>&1 & pings+=($!)
check 60 "leases and traffic go on without agents, too" bash -c '
  "$root/infra/down" --data "$data" && leases && by_address ping -c 3 -W 2 "$(cat "$work/two")"'
check 120 "the control plane comes back" bash -c 'up && until_true 60 agents_are_up'
check 60 "and hosts do what they are told" bash -c '
  openstack security group rule create --protocol tcp --dst-port 8080 default && until_true 40 filters 2 8080'
check 10 "the pings across all that have an end" bash -c 'by_address killall -INT ping && kill -INT "$0"' "${pings[1]}"
until_true 10 pings_ended
before_end; pings=()
check 10 "none was lost between guests" no_gap "$work/inside.ping"
check 10 "nor from outside" no_gap "$work/outside.ping"
check 60 "the servers can be deleted" openstack server delete --wait one two child
check 60 "infra/down --purge removes all" bash -c '"$root/infra/down" --data "$data" --purge && nothing_of_the_bed'
