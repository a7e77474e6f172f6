// Succeeds when the demo project counts nothing: no server, port, allocation or usage, by the cloud's own APIs.
import { Cloud, run } from "../../infra/lib/cloud.mjs";

run(async ([data]) => {
  const demo = await Cloud.login(data, "demo");
  const admin = await Cloud.login(data, "admin");
  const { absolute } = (await demo.get("/compute/v2.1/limits")).limits;
  const { servers } = await demo.get("/compute/v2.1/servers");
  const { ports } = await demo.get("/network/v2.0/ports?device_owner=compute:nova");
  const { hosts } = await admin.get("/hosts/v1");
  const left = [
    ...servers.map((s) => `server ${s.id}`),
    ...ports.map((p) => `port ${p.id}`),
    ...hosts.filter((h) => h.used_vcpus + h.used_memory_mib + h.used_disk_gib > 0).map((h) => `claims on ${h.name}`),
    ...["totalInstancesUsed", "totalCoresUsed", "totalRAMUsed"].filter((k) => absolute[k] > 0).map((k) => `${k} ${absolute[k]}`),
  ];
  if (left.length > 0) throw new Error(`left: ${left.join(", ")}`);
});
