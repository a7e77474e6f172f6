// Prints the id, host, network and address of a server: what infra/ssh needs. A sentence when it cannot be reached.
import { Cloud, run, server } from "./cloud.mjs";

run(async ([data, name]) => {
  const admin = await Cloud.login(data, "admin");
  const found = await server(admin, name);
  const host = found["OS-EXT-SRV-ATTR:host"];
  const { hosts } = await admin.get("/hosts/v1");
  if (hosts.some((h) => h.name === host && h.hypervisor === "fake"))
    throw new Error(`server '${name}' is on ${host}, a fake host: nothing runs there`);
  if (found.status !== "ACTIVE") throw new Error(`server '${name}' is ${found.status}, not ACTIVE`);
  const { ports } = await admin.get(`/network/v2.0/ports?device_id=${found.id}`);
  const port = ports.find((p) => p.fixed_ips.length > 0);
  if (!port) throw new Error(`server '${name}' has no address`);
  console.log(`${found.id} ${host} ${port.network_id} ${port.fixed_ips[0].ip_address}`);
});
