// Lists the hosts; with --up NAME, exits with 1 unless that one is up.
import { Cloud, run } from "./cloud.mjs";

run(async ([data, option, wanted]) => {
  const { hosts } = await (await Cloud.login(data, "admin")).get("/hosts/v1");
  if (option === "--up") process.exit(hosts.some((h) => h.name === wanted && h.state === "up") ? 0 : 1);
  for (const h of hosts)
    console.log(
      `${h.name.padEnd(12)} ${h.state.padEnd(5)} ${kind(h).padEnd(24)} vcpus ${h.used_vcpus}/${h.vcpus}` +
        `  memory ${h.used_memory_mib}/${h.memory_mib} MiB  disk ${h.used_disk_gib}/${h.disk_gib} GiB`,
    );
});

function kind(host) {
  if (!host.hypervisor) return "joined, not yet at work";
  if (host.hypervisor === "fake") return "fake: nothing runs";
  return host.facts.kvm === "true" ? `${host.hypervisor}, KVM` : `${host.hypervisor}, emulated`;
}
