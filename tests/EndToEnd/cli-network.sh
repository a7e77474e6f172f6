# Every command of the network.

check 40 "a network is made" shows 'name="net"' 'description="of mine"' "tags=\"['red']\"" 'status="ACTIVE"' 'admin_state_up="True"' -- \
  network create --description "of mine" --tag red net
check 60 "it is set, and unset" bash -c '
  openstack network set --description other --mtu 1400 --disable --tag blue net && openstack network unset --tag red net &&
  shows "description=\"other\"" "mtu=\"1400\"" "admin_state_up=\"False\"" "tags=\"['"'blue'"']\"" -- network show net && openstack network set --enable net'
check 60 "networks are listed, all and by what is asked" bash -c '
  lists " net \[\]" network list && lists "^[-0-9a-f]* net " network list --name net && lists_not " private " network list --name net &&
  lists " public " network list --external && lists_not " net " network list --external && lists " net " network list --long --tags blue'
check 40 "an outsider sees no provider, an admin does" bash -c '
  shows "provider_network_type=\"None\"" -- network show net && as_admin shows "provider_network_type=\"vxlan\"" -- network show net'
check 40 "a subnet is made" shows 'name="sub"' 'cidr="10.7.0.0/24"' 'gateway_ip="10.7.0.254"' "dns_nameservers=\"['192.0.2.1']\"" \
  "'start': '10.7.0.10', 'end': '10.7.0.99'" "'destination': '192.0.2.0/24', 'nexthop': '10.7.0.9'" -- subnet create --network net \
  --subnet-range 10.7.0.0/24 --gateway 10.7.0.254 --dns-nameserver 192.0.2.1 --allocation-pool start=10.7.0.10,end=10.7.0.99 \
  --host-route destination=192.0.2.0/24,gateway=10.7.0.9 sub
check 60 "it is set, and unset" bash -c '
  openstack subnet set --name sub1 --dns-nameserver 192.0.2.2 --no-dhcp --tag red sub &&
  openstack subnet unset --dns-nameserver 192.0.2.1 --host-route destination=192.0.2.0/24,gateway=10.7.0.9 sub1 &&
  shows "name=\"sub1\"" 192.0.2.2 "enable_dhcp=\"False\"" "host_routes=\"[]\"" "red" -- subnet show sub1 && openstack subnet set --dhcp sub1'
check 40 "subnets are listed" bash -c 'lists "sub1 .*10.7.0.0/24" subnet list --network net && lists_not sub1 subnet list --network private'
check 60 "a subnet of the other family is made" shows 'ip_version="6"' 'ipv6_ra_mode="slaac"' -- subnet create --network net --ip-version 6 \
  --subnet-range 2001:db8:7::/64 --ipv6-ra-mode slaac --ipv6-address-mode slaac sub6

check 60 "an address scope is made, set and listed" bash -c '
  shows "name=\"scope\"" "ip_version=\"4\"" -- address scope create --ip-version 4 scope && openstack address scope set --name scope1 scope &&
  shows "name=\"scope1\"" "shared=\"False\"" -- address scope show scope1 && lists scope1 address scope list'
check 60 "a subnet pool is made of it, and set" bash -c '
  shows "name=\"pool\"" "default_prefixlen=\"26\"" -- subnet pool create --pool-prefix 10.8.0.0/16 --default-prefix-length 26 --address-scope scope1 pool &&
  openstack subnet pool set --name pool1 --description ours --pool-prefix 10.12.0.0/16 --default-prefix-length 27 --tag red pool &&
  openstack subnet pool unset --tag red pool1 && shows 10.12.0.0/16 "default_prefixlen=\"27\"" "description=\"ours\"" "tags=\"[]\"" -- subnet pool show pool1 &&
  lists pool1 subnet pool list'
check 60 "a subnet is taken from it" bash -c '
  openstack network create pooled && shows "/27\"" -- subnet create --network pooled --subnet-pool pool1 taken &&
  says "existing allocations" openstack subnet pool delete pool1'
check 60 "a network's subnets come into it" bash -c '
  openstack network create onboarded && openstack subnet create --network onboarded --subnet-range 10.14.0.0/24 old &&
  openstack network onboard subnets onboarded pool1 && shows "subnetpool_id=\"$(of id subnet pool show pool1)\"" -- subnet show old'

check 60 "an address group is made, set and unset" bash -c '
  shows "name=\"group\"" "192.0.2.0/28" -- address group create --address 192.0.2.0/28 group &&
  openstack address group set --name group1 --address 198.51.100.7/32 group && openstack address group unset --address 192.0.2.0/28 group1 &&
  shows "198.51.100.7/32" -- address group show group1 && ! shows 192.0.2 -- address group show group1 && lists group1 address group list'
check 60 "a security group is made, set and unset" bash -c '
  shows "name=\"sg\"" "stateful=\"True\"" -- security group create --description mine --tag red sg &&
  openstack security group set --name sg1 --description other sg && openstack security group unset --tag red sg1 &&
  shows "name=\"sg1\"" "description=\"other\"" "tags=\"[]\"" -- security group show sg1 && lists " sg1 other " security group list'
check 90 "its rules are made, shown and listed" bash -c '
  shows "port_range_min=\"22\"" "remote_ip_prefix=\"192.0.2.0/24\"" -- security group rule create --protocol tcp --dst-port 22 --remote-ip 192.0.2.0/24 sg1 &&
  shows "ether_type=\"IPv6\"" "direction=\"egress\"" -- security group rule create --ethertype IPv6 --egress --protocol udp --dst-port 1:1024 sg1 &&
  shows "remote_address_group_id=\"$(of id address group show group1)\"" -- security group rule create --remote-address-group group1 --protocol icmp sg1 &&
  rule=$(of ID security group rule list --protocol tcp sg1) && shows "protocol=\"tcp\"" -- security group rule show "$rule" &&
  says "already exists" openstack security group rule create --protocol tcp --dst-port 22 --remote-ip 192.0.2.0/24 sg1 &&
  openstack security group rule delete "$rule" && lists_not " tcp " security group rule list sg1'

check 40 "a port is made" shows 'name="port"' "'ip_address': '10.7.0.20'" 'status="DOWN"' 'mac_address="fa:16:3e:00:07:20"' -- \
  port create --network net --fixed-ip subnet=sub1,ip-address=10.7.0.20 --mac-address fa:16:3e:00:07:20 --security-group sg1 port
check 90 "it is set, and unset" bash -c '
  openstack port set --name port1 --description other --allowed-address ip-address=10.7.0.77 --fixed-ip subnet=sub1,ip-address=10.7.0.21 --tag red port &&
  shows "description=\"other\"" "10.7.0.77" "10.7.0.20" "10.7.0.21" "red" -- port show port1 &&
  openstack port unset --fixed-ip subnet=sub1,ip-address=10.7.0.20 --security-group "$(of id security group show sg1)" --tag red port1 &&
  openstack port set --no-allowed-address port1 && shows "10.7.0.21" "allowed_address_pairs=\"[]\"" "security_group_ids=\"[]\"" "tags=\"[]\"" -- port show port1'
check 60 "ports are listed by what is asked" bash -c '
  lists " port1 " port list && lists " port1 " port list --network net --fixed-ip ip-address=10.7.0.21 && lists_not port1 port list --network private &&
  lists "port1" port list --mac-address fa:16:3e:00:07:20'

check 40 "a router is made" shows 'name="router1"' 'status="ACTIVE"' 'admin_state_up="True"' -- router create --description first router1
check 60 "it has a way out" bash -c '
  openstack router set --external-gateway public router1 && shows "$(of id network show public)" -- router show router1 &&
  lists "router1" router list && lists router1 router list --long'
check 60 "a subnet and a port are added to it" bash -c '
  openstack router add subnet router1 sub1 && openstack port create --network pooled leg && openstack router add port router1 leg &&
  lists 10.7.0.254 port list --router router1 && shows "router_interface" -- port show leg'
check 60 "it has routes" bash -c '
  openstack router add route --route destination=203.0.113.0/24,gateway=10.7.0.30 router1 && shows 203.0.113.0/24 10.7.0.30 -- router show router1 &&
  openstack router remove route --route destination=203.0.113.0/24,gateway=10.7.0.30 router1 && ! shows 203.0.113.0/24 -- router show router1 &&
  openstack router set --route destination=203.0.113.0/24,gateway=10.7.0.30 --name router2 --description second router1 &&
  openstack router unset --route destination=203.0.113.0/24,gateway=10.7.0.30 router2 && shows "description=\"second\"" "routes=\"[]\"" -- router show router2'

check 40 "an address outside is made" bash -c '
  of floating_ip_address floating ip create --description mine public >"$work/outside" && shows "status=\"DOWN\"" "description=\"mine\"" -- floating ip show "$(cat "$work/outside")"'
check 60 "it is given to a port, and taken back" bash -c '
  outside=$(cat "$work/outside") && openstack floating ip set --port port1 "$outside" &&
  shows "fixed_ip_address=\"10.7.0.21\"" "port_id=\"$(of id port show port1)\"" -- floating ip show "$outside" &&
  lists "$outside 10.7.0.21" floating ip list && openstack floating ip unset --port "$outside" && lists "$outside None" floating ip list --network public'
check 90 "its ports are forwarded" bash -c '
  outside=$(cat "$work/outside") && id=$(of id floating ip port forwarding create --internal-ip-address 10.7.0.21 --port port1 --internal-protocol-port 22 \
    --external-protocol-port 2222 --protocol tcp "$outside") &&
  openstack floating ip port forwarding set --external-protocol-port 2223 --description ssh "$outside" "$id" &&
  shows "external_port=\"2223\"" "internal_port=\"22\"" "description=\"ssh\"" -- floating ip port forwarding show "$outside" "$id" &&
  lists "$id.* 2223 " floating ip port forwarding list "$outside" && openstack floating ip port forwarding delete "$outside" "$id" &&
  lists_not "$id" floating ip port forwarding list "$outside"'
check 40 "pools of addresses are not Neutron's, says the CLI" says "Floating ip pool operations are only available for Compute v2 network" openstack floating ip pool list

check 60 "a policy of service is made and set" bash -c '
  as_admin shows "name=\"slow\"" "shared=\"False\"" -- network qos policy create --description less slow &&
  as_admin openstack network qos policy set --share --description least slow && as_admin shows "shared=\"True\"" "description=\"least\"" -- network qos policy show slow &&
  lists " slow " network qos policy list'
check 90 "its rules are made, set and listed" bash -c '
  rule=$(as_admin of id network qos rule create --type bandwidth-limit --max-kbps 1000 --max-burst-kbits 800 --egress slow) &&
  as_admin openstack network qos rule set --max-kbps 2000 slow "$rule" && as_admin shows "max_kbps=\"2000\"" "direction=\"egress\"" -- network qos rule show slow "$rule" &&
  as_admin lists "bandwidth_limit 2000" network qos rule list slow && openstack port set --qos-policy slow port1 &&
  shows "qos_policy_id=\"$(of id network qos policy show slow)\"" -- port show port1 && as_admin says "is used by port" openstack network qos policy delete slow &&
  openstack port unset --qos-policy port1 && as_admin openstack network qos rule delete slow "$rule" && as_admin lists_not bandwidth network qos rule list slow'
check 40 "types of rules are told" bash -c 'lists bandwidth_limit network qos rule type list && as_admin shows linux -- network qos rule type show bandwidth_limit'

check 90 "a network is shared with one project" bash -c '
  admins=$(as_admin of project_id token issue) && id=$(of id network rbac create --type network --action access_as_shared --target-project "$admins" net) &&
  shows "object_type=\"network\"" "action=\"access_as_shared\"" "$admins" -- network rbac show "$id" && lists "$id network " network rbac list &&
  as_admin openstack network rbac set --target-project "$(of project_id token issue)" "$id" && shows "$(of project_id token issue)" -- network rbac show "$id" &&
  openstack network rbac delete "$id" && lists_not "$id" network rbac list'
check 90 "a trunk is made, set and unset" bash -c '
  openstack port create --network pooled parent && openstack port create --network net child && openstack port create --network net child2 &&
  shows "name=\"trunk\"" "segmentation_id" -- network trunk create --parent-port parent --subport port=child,segmentation-type=vlan,segmentation-id=10 trunk &&
  openstack network trunk set --name trunk1 --description ours --subport port=child2,segmentation-type=vlan,segmentation-id=20 trunk &&
  shows "description=\"ours\"" "name=\"trunk1\"" -- network trunk show trunk1 && lists trunk1 network trunk list && lists "vlan 20" network subport list --trunk trunk1 &&
  openstack network trunk unset --subport child trunk1 && lists_not "$(of id port show child)" network subport list --trunk trunk1 &&
  says trunk openstack port delete child2 && openstack network trunk delete trunk1 && gone network trunk show trunk1'
check 60 "a segment is shown, listed and set" bash -c '
  id=$(as_admin of ID network segment list --network net) && as_admin openstack network segment set --name here --description this "$id" &&
  as_admin shows "name=\"here\"" "network_type=\"vxlan\"" "description=\"this\"" -- network segment show "$id"'
check 60 "agents are listed, shown and set" bash -c '
  as_admin lists "L3 agent host1 nova True True" network agent list && id=$(as_admin of ID network agent list --agent-type l3 --host host2) &&
  as_admin shows "host=\"host2\"" -- network agent show "$id" && as_admin openstack network agent set --description second --disable "$id" &&
  as_admin shows "admin_state_up=\"False\"" "description=\"second\"" -- network agent show "$id" && as_admin openstack network agent set --enable "$id"'
check 90 "a router is moved to another" bash -c '
  at=$(as_admin of Host network agent list --router router2) && to=$([ "$at" = host1 ] && echo host2 || echo host1) &&
  from_id=$(as_admin of ID network agent list --agent-type l3 --host "$at") && to_id=$(as_admin of ID network agent list --agent-type l3 --host "$to") &&
  as_admin openstack network agent remove router --l3 "$from_id" router2 && as_admin openstack network agent add router --l3 "$to_id" router2 &&
  as_admin lists "$to" network agent list --router router2'
check 40 "who serves what, and where, is told" bash -c '
  lists nova availability zone list --network && lists " router " extension list --network && shows "alias=\"trunk\"" -- extension show trunk'
check 40 "how many addresses are left is told" bash -c '
  as_admin lists " net " ip availability list && as_admin shows "network_name=\"net\"" "used_ips" "10.7.0.0/24" -- ip availability show net'
check 60 "a topology is made without asking, if it can be" bash -c '
  as_admin openstack network set --default public && as_admin openstack subnet pool create --default --share --pool-prefix 10.99.0.0/16 --default-prefix-length 24 any &&
  shows dry_run -- network auto allocated topology create --check-resources &&
  id=$(of id network auto allocated topology create) && shows auto_allocated_network -- network show "$id" &&
  openstack network auto allocated topology delete && gone network show "$id" && as_admin openstack network set --no-default public &&
  as_admin openstack subnet pool delete any'
check 60 "a project's limits are set, shown and listed" bash -c '
  as_admin openstack quota set --networks 77 --ports 88 --floating-ips 9 demo && shows "networks=\"77\"" "ports=\"88\"" "floating_ips=\"9\"" -- quota show &&
  as_admin lists "77" quota list --network && as_admin says "quota.network" openstack quota set --networks -7 demo'
