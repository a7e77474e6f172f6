// Prints the network id and address at which a server answers: what infra/ssh needs.
import { Cloud, run, server } from "./cloud.mjs";

run(async ([data, name]) => {
  const admin = await Cloud.login(data, "admin", "demo");
  const found = await server(admin, name);
  const { ports } = await admin.get(`/network/v2.0/ports?device_id=${found.id}`);
  const port = ports.find((p) => p.fixed_ips.length > 0);
  if (!port) throw new Error(`server '${name}' (${found.status}) has no address`);
  console.log(`${port.network_id} ${port.fixed_ips[0].ip_address}`);
});
