// Keeps processes alive as systemd would: one that ends is started again, with the arguments it had. And ends them, or lets
// them stand still, when it is told to.
import { spawn } from "node:child_process";
import { openSync, closeSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { pause } from "./chance.mjs";

// One that has come so far in its log, or has lived so long, does not end because something that it needs is away.
const serves = { functions: "serving http", "functions-2": "serving http" };
const settled = 8_000;

export class Kept {
  // `pidFile` is kept up to date; a process that writes its own has none here.
  constructor(name, log, pidFile, tell) {
    Object.assign(this, { name, log, pidFile, tell, ended: [], away: 1, still: false, pid: 0 });
  }

  // Takes over a process that runs.
  adopt(pid) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [command, ...args] = words(`/proc/${pid}/cmdline`);
    this.how = {
      command,
      args,
      env: Object.fromEntries(words(`/proc/${pid}/environ`).map((w) => /^([^=]*)=(.*)$/s.exec(w)?.slice(1) ?? [w, ""])),
      uid: Number(/^Uid:\s+(\d+)/m.exec(status)[1]),
      gid: Number(/^Gid:\s+(\d+)/m.exec(status)[1]),
    };
    this.pid = pid;
    this.began = 0;
    this.watching = setInterval(() => this.living || this.over(), 50);
    return this;
  }

  // Another like this one, with arguments of its own, started now.
  like(name, log, pidFile, change) {
    const other = new Kept(name, log, pidFile, this.tell);
    other.how = { ...this.how, args: change([...this.how.args]) };
    other.start();
    return other;
  }

  get living() {
    return this.pid > 0 && isAlive(this.pid);
  }

  start() {
    const out = openSync(this.log, "a");
    const { command, args, env, uid, gid } = this.how;
    this.child = spawn(command, args, { env, uid, gid, cwd: "/", detached: true, stdio: ["ignore", out, out] });
    closeSync(out);
    this.child.on("error", (error) => this.tell(`${this.name} cannot be started: ${error.message}`));
    this.child.on("exit", () => this.over());
    this.child.unref();
    this.pid = this.child.pid ?? 0;
    this.began = Date.now();
    this.from = sizeOf(this.log);
    if (this.pidFile) writeFileSync(this.pidFile, `${this.pid}\n`);
  }

  over() {
    clearInterval(this.watching);
    if (this.closed) return;
    const killed = this.killed;
    this.killed = false;
    this.still = false;
    if (!killed) this.tell(`${this.name} has ended`);
    if (!killed && this.served) this.ended.push(`${this.name} ended by itself: ${lastOf(this.log)}`);
    setTimeout(() => this.closed || this.start(), killed ? this.away : 500);
  }

  get served() {
    const mark = serves[this.name];
    if (!mark || !this.from) return Date.now() - this.began > settled;
    return readFileSync(this.log, "utf8").slice(this.from).includes(mark);
  }

  kill(away) {
    this.killed = true;
    this.away = away;
    signal(this.pid, "SIGKILL");
  }

  // Stands still, with all its children (a database has a process for each client).
  async hold(ms) {
    this.still = true;
    const pids = [this.pid, ...childrenOf(this.pid)];
    for (const pid of pids) signal(pid, "SIGSTOP");
    await pause(ms);
    for (const pid of pids) signal(pid, "SIGCONT");
    this.still = false;
  }

  // No more of it is kept; it ends with its keeper only if its keeper has started it anew under another name.
  release() {
    this.closed = true;
    clearInterval(this.watching);
  }
}

const words = (file) => readFileSync(file, "utf8").split("\0").slice(0, -1);

export function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export function childrenOf(parent) {
  return pids().filter((pid) => {
    try {
      return new RegExp(`^\\d+ \\(.*\\) . ${parent} `, "s").test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  });
}

export const pids = () => readdirSync("/proc").filter((n) => /^\d+$/.test(n)).map(Number);

export function argumentsOf(pid) {
  try {
    return words(`/proc/${pid}/cmdline`);
  } catch {
    return [];
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function sizeOf(file) {
  return readFileSync(file, "utf8").length;
}

function lastOf(log) {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-3).join(" / ").slice(-600);
}
