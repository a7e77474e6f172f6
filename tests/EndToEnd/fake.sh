# A cloud without metal and without Azurite: its queues are in the database, its images in a folder.

build_and_kill() { # SERVER: begins a build, kills, starts again, waits for the end
  local name
  # The agents first, so that the build is still under way when the functions host dies.
  for name in agent-host1 agent-host2; do kill_of "$name"; done
  openstack server create --image any --flavor m1.nano --network private "$1" || return 1
  kill_of functions
  up && until_true 150 status_is "$1" ACTIVE || { openstack server show -f value -c status -c fault "$1"; return 1; }
}
cloud_processes() { grep -lsaF -- "$data" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -I{} ps -o pid=,args= -p {} | grep -v grep; }
kill_agents() { # SERVER: its guest is a record of its host, and can be stopped and started by the next agent
  local name
  for name in agent-host1 agent-host2; do kill_of "$name"; done
  up && openstack server stop "$1" && until_true 60 status_is "$1" SHUTOFF &&
    openstack server start "$1" && until_true 60 status_is "$1" ACTIVE
}
export -f build_and_kill kill_agents cloud_processes

check 600 "infra/up makes a cloud without metal" up --fake --queue database --hosts 2 --port "$port"
[ "$failed" = 0 ] || return 0
check 30 "no Azurite runs" bash -c '! grep -qsaF -- "$data/azurite" /proc/[0-9]*/cmdline && [ ! -e "$data/azurite" ]'
check 30 "another queue is refused" says "another queue needs another --data" up --queue azure
check 30 "another port is refused while it runs" says "infra/down first" up --port $((port + 5))
check 40 "an image can be uploaded" bash -c '
  openstack image create --disk-format raw --container-format bare --file "$root/README.md" any &&
  openstack image save --file "$work/any" any && cmp "$root/README.md" "$work/any"'
check 300 "a build survives everybody's death" build_and_kill one
check 200 "its guest outlives its agent" kill_agents one
check 30 "its steps can be watched" bash -c '"$root/infra/watch" --data "$data" one | grep -q "Completed after"'
check 30 "a server that is not there cannot be watched" says "no server is named" "$root/infra/watch" --data "$data" none
check 30 "a fake server has no SSH, and says why" says "a fake host: nothing runs there" "$root/infra/ssh" --data "$data" one
check 30 "the server can be deleted" openstack server delete --wait one
check 40 "nothing is counted any more" nothing_counted
check 30 "infra/down --purge removes all" bash -c '
  "$root/infra/down" --data "$data" --purge && [ ! -e "$data" ] && [ -z "$(cloud_processes)" ]'
