// A small client of the cloud's own public APIs, for the commands in infra/.
import { readFileSync } from "node:fs";

export function settings(data) {
  const text = readFileSync(`${data}/cloud.env`, "utf8");
  return Object.fromEntries([...text.matchAll(/^(\w+)='?(.*?)'?$/gm)].map((m) => [m[1], m[2]]));
}

export function passwords(data) {
  return JSON.parse(readFileSync(`${data}/first-passwords.json`, "utf8"));
}

export class Cloud {
  constructor(data, user, project) {
    this.who = { data, user, project };
  }

  static async login(data, user, project = user) {
    const cloud = new Cloud(data, user, project);
    await cloud.renew();
    return cloud;
  }

  // A new token, as at first: for who goes on longer than one is valid.
  async renew() {
    const { data, user, project } = this.who;
    const body = {
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: user, domain: { id: "default" }, password: passwords(data)[user] } },
        },
        scope: { project: { name: project, domain: { id: "default" } } },
      },
    };
    this.url = settings(data).PIPELINE_URL;
    const answer = await send("POST", `${this.url}/identity/v3/auth/tokens`, body);
    this.token = answer.headers.get("x-subject-token");
    this.project = (await answer.json()).token.project.id;
  }

  async call(method, path, body, headers = {}) {
    const answer = await send(method, this.url + path, body, { "X-Auth-Token": this.token, ...headers });
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  }

  get(path) {
    return this.call("GET", path);
  }
}

async function send(method, url, body, headers = {}) {
  const raw = body instanceof Uint8Array || body instanceof ReadableStream;
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": raw ? "application/octet-stream" : "application/json", ...headers },
    body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    duplex: body instanceof ReadableStream ? "half" : undefined,
    signal: AbortSignal.timeout(120_000),
  });
  if (!answer.ok) throw await refusal(method, url, answer);
  return answer;
}

// What a command ends with; `refused` when asking again would not help.
export async function refusal(method, url, answer) {
  const error = new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  error.status = answer.status;
  error.refused = answer.status < 500;
  return error;
}

// The server of this name or id, of any project; a sentence when there is none, or more than one.
export async function server(cloud, nameOrId) {
  const { servers } = await cloud.get("/compute/v2.1/servers/detail?all_tenants=1");
  const found = servers.filter((s) => s.id === nameOrId || s.name === nameOrId);
  if (found.length === 0) throw new Error(`no server is named '${nameOrId}'`);
  if (found.length > 1) throw new Error(`${found.length} servers are named '${nameOrId}': ${found.map((s) => s.id).join(", ")}`);
  return found[0];
}

export function run(main) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.cause ? `${error.message}: ${error.cause.message}` : error.message);
    process.exit(1);
  });
}
