# The stock CLI of Debian, command by command, against two real hosts: what each prints, and what is shown of the thing afterwards.

as_admin() { OS_CLOUD=pipeline-admin "$@"; }
shows() { # LINE... -- COMMAND...: what it shows of a thing, a variable's assignment for each field, has these
  local lines=() line said
  while [ "$1" != -- ]; do lines+=("$1") && shift; done
  shift
  said=$(openstack "$@" -f shell) || return
  for line in "${lines[@]}"; do
    grep -qF -- "$line" <<<"$said" || { printf 'no %s in:\n%s\n' "$line" "$said"; return 1; }
  done
}
lists() { # EXPRESSION COMMAND...: a line of the list fits
  local said
  said=$(openstack "${@:2}" -f value) || return
  grep -qE -- "$1" <<<"$said" || { printf 'no %s in:\n%s\n' "$1" "$said"; return 1; }
}
lists_not() { # EXPRESSION COMMAND...
  local said
  said=$(openstack "${@:2}" -f value) || return
  ! grep -E -- "$1" <<<"$said"
}
gone() { # COMMAND...: there is no such thing, says the CLI
  local said
  said=$(openstack "$@" 2>&1) && { echo "it is still there: $said"; return 1; }
  [[ $said =~ (^|: )(No|Unable to find)\  ]] || { echo "it said: $said"; return 1; }
}
of() { openstack "${@:2}" -f value -c "$1"; } # COLUMN COMMAND...
is_now() { [ "$(of "${@:2}")" = "$1" ] || { of "${@:2}"; return 1; }; } # VALUE COLUMN COMMAND...
export -f as_admin shows lists lists_not gone of is_now

check 600 "infra/up makes a cloud of two hosts" up --port "$port" --hosts 2 --real
[ "$failed" = 0 ] || return 0
check 40 "a server is asked for" bash -c '
  openstack keypair create mykey >"$work/key.pem" && chmod 600 "$work/key.pem" && openstack security group rule create --protocol tcp --dst-port 22 default &&
  openstack server create --image micro --flavor m1.nano --network private --key-name mykey one'
. "$(dirname "${BASH_SOURCE[0]}")/cli-network.sh"
. "$(dirname "${BASH_SOURCE[0]}")/cli-volume.sh"
check 60 "server, backup, snapshot and offers go" bash -c '
  openstack server delete --wait one && openstack volume backup delete backup1 && openstack volume snapshot delete snap1 &&
  until_true 40 gone volume backup show backup1 && until_true 40 gone volume snapshot show snap1'
check 60 "volumes and types go" bash -c '
  openstack volume delete vol1 of-snap of-image && until_true 40 lists_not . volume list && as_admin openstack volume type delete type1 &&
  as_admin gone volume type show type1'
check 90 "router, ports and addresses outside go" bash -c '
  says "still has ports" openstack router delete router2 && openstack router unset --external-gateway router2 && openstack router remove subnet router2 sub1 &&
  openstack router remove port router2 leg && openstack router delete router2 && gone router show router2 && openstack floating ip delete "$(cat "$work/outside")" &&
  openstack port delete port1 parent child child2 && gone port show port1'
check 90 "subnets, networks and all else go" bash -c '
  openstack subnet delete sub1 && gone subnet show sub1 && openstack network delete net pooled onboarded && gone network show net &&
  openstack subnet pool delete pool1 && gone subnet pool show pool1 && openstack address scope delete scope1 && gone address scope show scope1 &&
  openstack security group delete sg1 && gone security group show sg1 && openstack address group delete group1 && gone address group show group1 &&
  as_admin openstack network qos policy delete slow && as_admin gone network qos policy show slow'
check 20 "nothing is counted any more" nothing_counted
check 60 "infra/down --purge removes all" bash -c '"$root/infra/down" --data "$data" --purge && nothing_of_the_bed'
