# Two hosts on one machine, joined by an underlay: a network across them, a router, an address outside, and the API seen from a guest.

bed_left() { ip netns list | grep "^plbed-$tag"; ip -o link show | grep -F "plex$tag"; nft list tables | grep -F "plbed-$tag"; true; }
nothing_of_the_bed() { [ -z "$(bed_left)" ] || { bed_left; return 1; }; }
by_address() { ssh -i "$work/key.pem" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 "root@$(cat "$work/address")" "$@"; }
boots() { openstack server create --image micro --flavor m1.nano --network private --key-name mykey --wait "$1"; }
host_of() { openstack --os-cloud pipeline-admin server list --all-projects --long -f value -c Name -c Host | awk -v name="$1" '$1 == name { print $2 }'; }
address_of() { openstack server show -f json "$1" | grep -oE '10\.0\.0\.[0-9]+' | head -n 1; }
export -f bed_left nothing_of_the_bed by_address boots host_of address_of
tag=$(printf %s "$data" | sha256sum | cut -c 1-4)
api=http://100.126.$((16#${tag:0:2})).1:$port/identity
export tag api

check 600 "infra/up makes two hosts with guests" up --port "$port" --hosts 2 --real
[ "$failed" = 0 ] || return 0
check 40 "a key pair can be made" bash -c 'openstack keypair create mykey >"$work/key.pem" && chmod 600 "$work/key.pem"'
check 40 "SSH can be allowed" openstack security group rule create --protocol tcp --dst-port 22 default
check 40 "pings can be allowed" openstack security group rule create --protocol icmp default
check 120 "a server can be made" boots one
check 120 "another can be made" boots two
check 40 "each is on a host of its own" bash -c '[ "$(host_of one)" != "$(host_of two)" ] && [ -n "$(host_of two)" ]'
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
check 60 "all of it goes on without the control plane" bash -c '
  two=$(address_of two) && "$root/infra/down" --data "$data" && by_address ping -c 3 -W 2 "$two"'
check 120 "the control plane comes back" up
check 60 "and nothing was lost" by_address ping -c 1 -W 2 "$(address_of two)"
check 60 "the servers can be deleted" openstack server delete --wait one two child
check 60 "infra/down --purge removes all" bash -c '"$root/infra/down" --data "$data" --purge && nothing_of_the_bed'
