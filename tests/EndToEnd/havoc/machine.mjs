// What a host of the cloud has on this machine, found without asking the cloud: processes, links, namespaces, folders.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { argumentsOf, pids } from "./keeper.mjs";

const ports = new RegExp("^pipeline:([^:]+):port:([^:]+):([^:]+)$");
const networks = new RegExp("^pipeline:([^:]+):network:([^:]+)$");

// Guests by id with their processes; disks, ports and networks by id; `dhcp` and `metadata` as processes.
export function look(host, cloud) {
  const found = { guests: new Map(), disks: new Set(names(`${host}/disks`)), ports: new Set(), networks: new Set() };
  for (const id of names(`${host}/guests`)) found.guests.set(id, []);
  for (const pid of pids()) seen(found, host, cloud, pid, argumentsOf(pid));
  for (const id of names(`${host}/networks`)) {
    found.networks.add(id);
    for (const file of names(`${host}/networks/${id}/ports`)) found.ports.add(file.replace(/\.json$/, ""));
  }
  for (const space of [null, ...names("/run/netns").filter((n) => n.startsWith("pl-"))])
    for (const alias of aliases(space)) {
      const [, owner, network, port] = ports.exec(alias) ?? networks.exec(alias) ?? [];
      if (owner !== cloud) continue;
      found.networks.add(network);
      if (port) found.ports.add(port);
    }
  return found;
}

function seen(found, host, cloud, pid, words) {
  const after = (option) => words[words.indexOf(option) + 1] ?? "";
  const guest = words.includes("-pidfile") && after("-pidfile").startsWith(`${host}/guests/`);
  if (guest) {
    const id = after("-pidfile").slice(`${host}/guests/`.length).split("/")[0];
    found.guests.set(id, [...(found.guests.get(id) ?? []), pid]);
  }
  const dhcp = words.find((w) => w.startsWith(`--conf-file=/run/pipeline/${cloud}/`));
  if (dhcp) found.networks.add(dhcp.split("/")[4]);
}

function names(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function aliases(space) {
  try {
    const where = space ? ["-n", space] : [];
    const text = execFileSync("ip", [...where, "-j", "link", "show"], { stdio: ["ignore", "pipe", "ignore"] });
    return JSON.parse(text).flatMap((l) => (l.ifalias ? [l.ifalias] : []));
  } catch {
    return []; // the namespace has just gone
  }
}
