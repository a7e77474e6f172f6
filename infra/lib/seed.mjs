// What a new cloud offers: flavors, the image `micro`, a network. What is there already is left as it is.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { Cloud, run } from "./cloud.mjs";

const flavors = [
  { id: "1", name: "m1.nano", ram: 128, vcpus: 1, disk: 1 },
  { id: "2", name: "m1.micro", ram: 256, vcpus: 1, disk: 1 },
  { id: "3", name: "m1.tiny", ram: 512, vcpus: 1, disk: 1 },
  { id: "4", name: "m1.small", ram: 2048, vcpus: 1, disk: 20 },
  { id: "5", name: "m1.medium", ram: 4096, vcpus: 2, disk: 40 },
];

// With --real there is also a network `public` that leads out, and a router between it and the tenant's.
run(async ([data, image, outside]) => {
  const admin = await Cloud.login(data, "admin");
  await seedFlavors(admin);
  if (image) await seedImage(admin, image);
  const demo = await Cloud.login(data, "demo");
  const subnet = await seedNetwork(demo);
  if (outside) await seedRouter(demo, await seedPublic(admin, outside), subnet);
});

async function seedFlavors(admin) {
  const known = (await admin.get("/compute/v2.1/flavors")).flavors.map((f) => f.name);
  for (const flavor of flavors.filter((f) => !known.includes(f.name)))
    await admin.call("POST", "/compute/v2.1/flavors", { flavor });
}

async function seedImage(admin, file) {
  const { images } = await admin.get("/image/v2/images?name=micro");
  if (images.some((i) => i.status === "active")) return;
  const body = { name: "micro", disk_format: "qcow2", container_format: "bare", visibility: "public", min_ram: 96 };
  const image = images.find((i) => i.status === "queued") ?? (await admin.call("POST", "/image/v2/images", body));
  await admin.call("PUT", `/image/v2/images/${image.id}/file`, Readable.toWeb(createReadStream(file)));
}

async function seedNetwork(demo) {
  const { networks } = await demo.get("/network/v2.0/networks?name=private");
  const network =
    networks[0] ?? (await demo.call("POST", "/network/v2.0/networks", { network: { name: "private" } })).network;
  if (network.subnets.length > 0) return network.subnets[0];
  const subnet = { network_id: network.id, name: "private-subnet", ip_version: 4, cidr: "10.0.0.0/24" };
  return (await demo.call("POST", "/network/v2.0/subnets", { subnet })).subnet.id;
}

async function seedPublic(admin, cidr) {
  const { networks } = await admin.get("/network/v2.0/networks?name=public&router:external=true");
  const order = {
    name: "public",
    "router:external": true,
    "provider:network_type": "flat",
    "provider:physical_network": "public",
  };
  const network = networks[0] ?? (await admin.call("POST", "/network/v2.0/networks", { network: order })).network;
  if (network.subnets.length > 0) return network.id;
  const subnet = { network_id: network.id, name: "public-subnet", ip_version: 4, cidr, enable_dhcp: false };
  await admin.call("POST", "/network/v2.0/subnets", { subnet });
  return network.id;
}

async function seedRouter(demo, outside, subnet) {
  const { routers } = await demo.get("/network/v2.0/routers?name=router");
  if (routers.length > 0) return;
  const order = { name: "router", external_gateway_info: { network_id: outside } };
  const { router } = await demo.call("POST", "/network/v2.0/routers", { router: order });
  await demo.call("PUT", `/network/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet });
}
