// Kills processes of a cloud, and lets them stand still, while servers are made and deleted; then all must come to rest, and
// nothing may be left, lost or counted wrongly. Exit status 1 when a promise is broken.
//   main.mjs DATA SECONDS SEED HOST-FOLDER PSQL-URL NAME=PID...    (functions, agent-host1, azurite, postgres)
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { settings } from "../../../infra/lib/cloud.mjs";
import { Chance, pause, until } from "./chance.mjs";
import { Kept } from "./keeper.mjs";
import { look } from "./machine.mjs";
import { Tenant } from "./tenant.mjs";

const [data, seconds, seed, host, database, ...running] = process.argv.slice(2);
const most = 3; // servers at a time: guests are emulated
const rest = 240; // seconds until everything has come to rest
const chance = new Chance(Number(seed));
const began = Date.now();
const broken = new Set();
const counts = { kills: 0, pauses: 0 };
const cloud = JSON.parse(readFileSync(`${host}/joined.json`)).Cloud;
const port = Number(settings(data).PIPELINE_PORT);
const kept = new Map();

const stamp = () => ((Date.now() - began) / 1000).toFixed(2).padStart(8);
const tell = (line) => appendFileSync(`${data}/logs/havoc.log`, `${stamp()} ${line}\n`);
const violated = (promise, what) => {
  if (!broken.has(promise)) tell(`!!! ${promise}: ${what}`);
  broken.add(promise);
  console.log(`${promise}: ${what}`);
};

const logOf = (name) => `${data}/logs/${name}.log`;
const pidFileOf = (name) => (name === "postgres" ? undefined : `${data}/run/${name}.pid`);
for (const [name, pid] of running.map((w) => w.split("=")))
  kept.set(name, new Kept(name, logOf(name), pidFileOf(name), tell).adopt(Number(pid)));
// A second functions host on the same database; by its pid file the caller can end it.
const elsewhere = (args) => moved(moved(args, "--port", port + 4), "--management-port", port + 5);
kept.set("functions-2", kept.get("functions").like("functions-2", logOf("functions-2"), pidFileOf("functions-2"), elsewhere));

const urls = [port, port + 4].map((p) => `http://127.0.0.1:${p}`);
const tenant = new Tenant(urls, data, "demo", tell, violated);
process.on("SIGTERM", () => finish(1));
await main().then(() => finish(broken.size ? 1 : 0), (error) => {
  violated("it goes on", error.message);
  finish(1);
});

async function main() {
  await until("the second functions host", 60, () => ready(port + 5));
  await tenant.furnish();
  const witness = await tenant.create("witness");
  await until("the first server", 90, async () => (await tenant.list()).some((s) => s.status === "ACTIVE"));
  const pid = guests().get(witness.id)?.[0];
  const over = Date.now() + seconds * 1000;
  await Promise.all([strike(over), live(over, witness)]);
  tell("* faults end");
  await settle();
  if (guests().get(witness.id)?.[0] !== pid) violated("a guest that nobody touches runs on", `${witness.id}, pid ${pid}`);
  await check();
  tell("* all is deleted");
  for (const server of tenant.servers) await tenant.delete(server);
  await until("all servers go", 120, async () => (await tenant.list()).length === 0);
  await settle();
  await check();
  console.log(`${counts.kills} kills, ${counts.pauses} pauses, ${tenant.asked} servers in ${seconds} s, seed ${seed}`);
}

async function strike(over) {
  const names = [...kept.keys()];
  while (Date.now() < over) {
    await pause(chance.between(500, 3_000));
    const victim = kept.get(chance.of(names));
    const [die, away, long] = [chance.next(3) > 0, chance.between(100, 2_000), chance.next(4) === 0];
    const still = long ? chance.between(5_000, 12_000) : chance.between(200, 3_000); // leases are 5 s
    if (!victim.living || victim.still) continue;
    tell(`* ${victim.name} ${die ? `dies, away for ${away} ms` : `stands still for ${still} ms`}`);
    counts[die ? "kills" : "pauses"]++;
    if (die) victim.kill(away);
    else void victim.hold(Math.min(still, Math.max(200, over - Date.now())));
  }
}

// Several things at once: a tenant that waits for an answer keeps nobody from asking.
async function live(over, witness) {
  const open = new Set();
  const others = () => tenant.living.filter((s) => s !== witness);
  for (let n = 0; Date.now() < over; n++) {
    await pause(chance.between(300, 1500));
    const [deed, which, how] = [chance.next(10), chance.next(100), chance.next(100)];
    const server = others()[which % Math.max(1, others().length)];
    if (open.size >= 4) continue;
    const begun =
      deed < 5 && others().length + [...open].filter((o) => o.makes).length < most
        ? Object.assign(tenant.create(`s${n}`), { makes: true })
        : server && deed < 8
          ? tenant.delete(server)
          : server
            ? tenant.act(server, how)
            : null;
    if (!begun) continue;
    open.add(begun);
    const failed = (error) => violated("a request is answered in the end", error.message);
    void begun.catch(failed).finally(() => open.delete(begun));
  }
  while (open.size > 0) await Promise.race(open).catch(() => {});
}

async function settle() {
  for (const it of kept.values()) await until(`${it.name} runs`, 60, () => it.living && !it.still);
  await until("functions hosts serve", 60, async () => (await ready(port + 1)) && (await ready(port + 5)));
  await until("nothing is under way", rest, () => {
    const found = sums();
    if (found.length > 0) throw new Error(found.join("\n"));
    return true;
  });
}

// The records' own sums hold by then; now what is on the machine, and what was answered.
async function check() {
  const listed = await tenant.list();
  for (const { id, name, deleteAsked, deleteAnswered } of tenant.servers) {
    const found = listed.find((s) => s.id === id);
    if (!deleteAsked && !found) violated("what was answered is there", `${name} ${id}`);
    if (deleteAnswered && found) violated("what was deleted is gone", `${name} ${id}`);
  }
  const known = tenant.servers.map((s) => s.id);
  const strange = listed.filter((s) => !known.includes(s.id));
  if (strange.length > 0) violated("one request makes one server", strange.map((s) => s.id).join(" "));
  machine(listed);
}

// Whatever is on the machine in the cloud's name has an owner in its records; what runs is what is said to run.
function machine(listed) {
  const due = rows(
    `SELECT 'server ' || id FROM servers UNION SELECT 'port ' || id FROM ports
     UNION SELECT 'network ' || network_id FROM ports WHERE server_id IS NOT NULL`,
  );
  const found = look(host, cloud);
  const owned = (kind, ids) => {
    for (const id of ids) if (!due.includes(`${kind} ${id}`)) violated("nothing is on a host without an owner", `${kind} ${id}`);
  };
  owned("server", found.guests.keys());
  owned("server", found.disks);
  owned("port", found.ports);
  owned("network", found.networks);
  for (const server of listed) {
    const lives = (found.guests.get(server.id) ?? []).length;
    if (server.status === "ACTIVE" && lives !== 1) violated("a server that is ACTIVE has one guest", `${server.id} has ${lives}`);
    if (server.status === "SHUTOFF" && lives !== 0) violated("a server that is SHUTOFF has no guest", `${server.id} has ${lives}`);
  }
}

function finish(code) {
  for (const it of kept.values()) it.ended.forEach((what) => violated("a process ends when it is killed only", what));
  for (const it of kept.values()) it.release();
  kept.get("functions-2").kill(0); // nobody else knows of it
  process.exit(code || (broken.size ? 1 : 0));
}

function guests() {
  return look(host, cloud).guests;
}

function sums() {
  return rows(readFileSync(new URL("sums.sql", import.meta.url), "utf8"));
}

function rows(sql) {
  const options = { input: sql, encoding: "utf8", timeout: 10_000, stdio: ["pipe", "pipe", "pipe"] };
  const text = execFileSync("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", database], options);
  return text.split("\n").filter((l) => l);
}

async function ready(at) {
  const answer = await fetch(`http://127.0.0.1:${at}/readyz`, { signal: AbortSignal.timeout(2_000) });
  return answer.ok;
}

function moved(args, option, to) {
  args[args.indexOf(option) + 1] = String(to);
  return args;
}
