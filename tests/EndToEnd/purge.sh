# infra/down --purge with nothing to hold on to: every process of the control plane dead, the database gone, the data
# folder half deleted. It removes all that is this cloud's, and nothing that is another's.

other=00000000000000000000000000000001
cloud=$(cloud_id)
export cloud other

# Everything on the machine that is this cloud's, found without infra/: by alias, by command line, by name.
cloud_on_the_machine() {
  local space pid
  for space in $(ip netns list | awk '{print $1}') ''; do
    ip ${space:+-n "$space"} -o link show | grep -F "pipeline:$cloud:"
    if [ -n "$space" ] && [[ $(ip -n "$space" -o link show) == *"pipeline:$cloud:"* ]]; then echo "namespace $space"; fi
    ip netns exec "${space:-none}" nft list tables 2>/dev/null | grep -q . && [[ $(ip -n "$space" -o link show) == *"pipeline:$cloud:"* ]] && echo "filter in $space"
  done
  ps -eo pid=,args= | grep -F -e "$data" -e "/run/pipeline/$cloud" | grep -vF -e grep -e /tests/EndToEnd/ -e /infra/ -e _decoy_
  ls -d "/run/pipeline/$cloud" "$data" 2>/dev/null
  find /run/pipeline -lname "$data/*" 2>/dev/null
  return 0
}

# What looks like it, and is another cloud's: a link, a namespace, and a process that was given a similar folder.
make_decoys() {
  ip tuntap add dev pltdecoy mode tap && ip link set pltdecoy alias "pipeline:$other:port:n:p" &&
    ip netns add pl-decoy && ip -n pl-decoy link add plbdecoy type bridge &&
    ip -n pl-decoy link set plbdecoy alias "pipeline:$other:network:n" || return 1
  # shellcheck disable=SC2016
  setsid -f bash -c 'echo $$ >"$0"; exec -a qemu-system-x86_64 bash -c "read -t 300 <> <(:)" _decoy_ "$@"' \
    "$work/decoy.pid" -pidfile "/else$data/hosts/host1/guests/x/pid" >/dev/null 2>&1 </dev/null
}
decoys_live() { ip link show pltdecoy && ip -n pl-decoy link show plbdecoy && kill -0 "$(cat "$work/decoy.pid")"; }
remove_decoys() {
  ip link delete pltdecoy
  ip netns delete pl-decoy
  kill "$(cat "$work/decoy.pid")"
  return 0
}

wreck() {
  openstack server create --image micro --flavor m1.nano --network private --wait last || return 1
  cloud_on_the_machine >"$work/before"
  local kind
  for kind in :port: :network: namespace filter qemu-system dnsmasq metadata Pipeline.Functions; do
    grep -q -e "$kind" "$work/before" || { echo "no $kind in:" && cat "$work/before"; return 1; }
  done
  for name in functions agent-host1 azurite; do kill_of "$name"; done
  rm -rf "$data"/{pipeline.db*,cloud.env,run,keys,azurite} "$data"/hosts/host1/{joined.json,networks,guests}
}
purged() { "$root/infra/down" --data "$data" --purge && [ -z "$(cloud_on_the_machine)" ] || { cloud_on_the_machine; return 1; }; }
export -f cloud_on_the_machine make_decoys decoys_live remove_decoys wreck purged

check 20 "another cloud's things stand beside it" make_decoys
check 120 "a cloud is wrecked beyond recognition" wreck
check 30 "infra/down --purge still removes all of it" purged
check 10 "and nothing of the other's" decoys_live
remove_decoys >/dev/null 2>&1
