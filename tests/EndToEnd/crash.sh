# Any process may die in mid-build.

build_and_kill() { # SERVER PROCESS...: begins a build, kills, starts again, waits for the end
  openstack server create --image mine --flavor m1.nano --network net "$1" || return 1
  local name
  for name in "${@:2}"; do kill_of "$name"; done
  up || return 1
  until_true 150 status_is "$1" ACTIVE && openstack server delete --wait "$1"
}
export -f build_and_kill

check 300 "a build survives the functions host's death" build_and_kill crash1 functions
check 300 "a build survives the agent's death" build_and_kill crash2 agent-host1
check 300 "a build survives everybody's death" build_and_kill crash3 functions agent-host1 azurite
check 60 "the first server ran on through all of it" ssh_to one true
check 120 "a delete in mid-build leaves nothing" bash -c '
  openstack server create --image mine --flavor m1.nano --network net brief && openstack server delete --wait brief'
