# The test bed of --real: hosts on one machine, joined by an underlay. A host's tunnels leave through a namespace of its own
# and meet in a bridge; a network `public` leads to this machine, and through it further. All names carry the bed's tag.
bed_tag=$(printf %s "$data" | sha256sum | cut -c 1-4)
bed_name=plbed-$bed_tag
bed_bridge=plex$bed_tag
bed_net=100.126.$((16#${bed_tag:0:2}))

bed_outside() { echo "$bed_net.0/24"; }

# Run again it makes what is missing: after a reboot, all of it.
make_bed() {
  [ "$bed" = 1 ] || return 0
  step "Test bed $bed_name: $hosts hosts on an underlay; guests reach the APIs as http://$bed_net.1:$port"
  local n
  ip netns pids "$bed_name" >/dev/null 2>&1 || ip netns add "$bed_name"
  ip -n "$bed_name" link show underlay >/dev/null 2>&1 || ip -n "$bed_name" link add underlay type bridge forward_delay 0
  ip -n "$bed_name" link set underlay up
  for n in $(seq "$hosts"); do
    ip -n "$bed_name" link show "h$n" >/dev/null 2>&1 || make_bed_host "$n"
  done
  make_bed_outside
  addresses+=("$bed_net.1") # guests reach the APIs there, through their router
}

make_bed_host() { # NUMBER
  local space=$bed_name-h$1
  ip netns pids "$space" >/dev/null 2>&1 || ip netns add "$space"
  ip -n "$bed_name" link add "h$1" type veth peer name underlay netns "$space"
  ip -n "$bed_name" link set "h$1" master underlay up
  ip -n "$space" addr add "100.127.0.$1/24" dev underlay
  ip -n "$space" link set lo up
  ip -n "$space" link set underlay up
}

# Guests leave under this machine's address; what is said to the machine itself stays as it is.
make_bed_outside() {
  ip link show "$bed_bridge" >/dev/null 2>&1 || ip link add "$bed_bridge" type bridge forward_delay 0
  ip addr replace "$bed_net.1/24" dev "$bed_bridge"
  ip link set "$bed_bridge" up
  sysctl -q -w "net.ipv4.conf.$bed_bridge.forwarding=1"
  nft -f - <<END
table ip $bed_name {
  chain postrouting { type nat hook postrouting priority 100; policy accept; }
}
flush table ip $bed_name
table ip $bed_name {
  chain postrouting {
    ip saddr $bed_net.0/24 oifname != "$bed_bridge" masquerade
  }
}
END
}

# What the agent of a host is told beside what every agent is; a line each.
bed_options() { # NUMBER
  local all=($roles) memory
  memory=$(awk '/^MemTotal:/{print int($2 / 1024)}' /proc/meminfo)
  printf '%s\n' --tag "${bed_tag}$1" --underlay "100.127.0.$1@$bed_name-h$1" --physical "public=$bed_bridge" \
    --inventory "$(nproc),$((memory / hosts)),20"
  if [ ${#all[@]} -gt 0 ]; then
    local at=$(($1 <= ${#all[@]} ? $1 - 1 : ${#all[@]} - 1))
    printf '%s\n' --roles "${all[at]}"
  fi
}

purge_bed() {
  local space
  for space in $(ip netns list 2>/dev/null | awk '{print $1}' | grep -xE "$bed_name(-h[0-9]+)?" || true); do
    ip netns delete "$space"
  done
  ! ip link show "$bed_bridge" >/dev/null 2>&1 || ip link delete "$bed_bridge"
  ! nft list table ip "$bed_name" >/dev/null 2>&1 || nft delete table ip "$bed_name"
}
