// Somebody who makes, stops, starts, reboots and deletes servers, and asks again when nobody answers; remembers what was
// answered.
import { randomUUID } from "node:crypto";
import { passwords } from "../../../infra/lib/cloud.mjs";
import { pause } from "./chance.mjs";

const patience = 180_000;
const actions = [{ "os-stop": null }, { "os-start": null }, { reboot: { type: "SOFT" } }, { reboot: { type: "HARD" } }];

export class Tenant {
  constructor(urls, data, user, tell, violated) {
    Object.assign(this, { urls, user, tell, violated, password: passwords(data)[user], turn: 0, servers: [], asked: 0 });
  }

  // What was wanted at first: an image, a flavor and a network that the cloud has.
  async furnish() {
    const named = (list, name) => list.find((i) => i.name === name).id;
    this.image = named((await this.must("GET", "/image/v2/images")).images, "micro");
    this.flavor = named((await this.must("GET", "/compute/v2.1/flavors")).flavors, "m1.nano");
    this.network = named((await this.must("GET", "/network/v2.0/networks")).networks, "private");
  }

  get living() {
    return this.servers.filter((s) => !s.deleteAsked);
  }

  async create(name) {
    this.asked++;
    const server = { name, imageRef: this.image, flavorRef: this.flavor, networks: [{ uuid: this.network }] };
    const answer = await this.ask("POST", "/compute/v2.1/servers", { server }, randomUUID());
    // What is still on its way out counts.
    if (answer.status === 403 && answer.text.includes("Quota exceeded")) return this.tell(`${name} has no room yet`);
    if (answer.status !== 202) return this.violated("a server within its quota is accepted", `${name}: ${answer.text}`);
    const made = { id: answer.json.server.id, name };
    this.servers.push(made);
    return made;
  }

  async delete(server) {
    server.deleteAsked = true;
    const { status, text } = await this.ask("DELETE", `/compute/v2.1/servers/${server.id}`);
    if (status !== 204 && status !== 404) this.violated("a server can always be deleted", `${server.id}: ${status} ${text}`);
    else server.deleteAnswered = true;
  }

  // 409 where the server is in no state for it.
  async act(server, which) {
    const answer = await this.ask("POST", `/compute/v2.1/servers/${server.id}/action`, actions[which % actions.length]);
    if (![202, 409, 404].includes(answer.status)) this.violated("an action is accepted or refused", answer.text);
    this.tell(`${Object.keys(actions[which % actions.length])[0]} of ${server.name}: ${answer.status}`);
  }

  async list() {
    return (await this.must("GET", "/compute/v2.1/servers/detail")).servers;
  }

  async must(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  // Asks one functions host after the other until one answers.
  async ask(method, path, body, key) {
    for (const last = Date.now() + patience; ; await pause(300)) {
      const answer = await this.once(method, path, body, key);
      if (answer && answer.status >= 500 && answer.status !== 503)
        this.violated("no request is answered with a fault of the cloud's own", `${method} ${path}: ${answer.text}`);
      if (answer && answer.status !== 503 && answer.status < 500) return answer;
      if (Date.now() > last) throw new Error(`${method} ${path} is not answered within ${patience / 1000} s: ${answer?.text}`);
    }
  }

  async once(method, path, body, key) {
    const url = this.urls[this.turn++ % this.urls.length];
    try {
      if (!this.token) await this.login(url);
      const headers = { "Content-Type": "application/json", "X-Auth-Token": this.token };
      if (key) headers["Idempotency-Key"] = key;
      const answer = await send(url + path, method, headers, body);
      if (answer.status !== 401) return answer;
      this.token = null;
    } catch (error) {
      this.said = error.cause?.message ?? error.message;
    }
    return null;
  }

  async login(url) {
    const domain = { id: "default" };
    const identity = { methods: ["password"], password: { user: { name: this.user, domain, password: this.password } } };
    const body = { auth: { identity, scope: { project: { name: this.user, domain } } } };
    const answer = await send(`${url}/identity/v3/auth/tokens`, "POST", { "Content-Type": "application/json" }, body);
    if (answer.status !== 201) throw new Error(`login: ${answer.status} ${answer.text}`);
    this.token = answer.headers.get("x-subject-token");
  }
}

async function send(url, method, headers, body) {
  const answer = await fetch(url, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(6_000),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text.startsWith("{") ? JSON.parse(text) : null };
}
