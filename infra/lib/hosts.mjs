// Lists the hosts; with a number, exits with 1 until so many are up.
import { Cloud, run } from "./cloud.mjs";

run(async ([data, wanted]) => {
  const { hosts } = await (await Cloud.login(data, "admin")).get("/hosts/v1");
  if (wanted !== undefined) process.exit(hosts.filter((h) => h.state === "up").length >= Number(wanted) ? 0 : 1);
  for (const h of hosts)
    console.log(
      `${h.name.padEnd(20)} ${h.state.padEnd(5)} ${h.hypervisor.padEnd(6)} vcpus ${h.used_vcpus}/${h.vcpus}` +
        `  memory ${h.used_memory_mib}/${h.memory_mib} MiB  disk ${h.used_disk_gib}/${h.disk_gib} GiB`,
    );
});
