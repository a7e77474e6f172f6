// Server-sent events of the cloud's own streams, across functions hosts that stop and start again.
import { refusal } from "./cloud.mjs";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Longer than two of the stream's signs of life: a connection so silent is dead.
const silence = 40_000;

// Each event as { name, id, data }, until the stream says that nothing follows. A stream that breaks off is taken up after
// its last event, with a new token when the old one has expired; `giveUp` is for how many seconds nobody need answer.
export async function* events(cloud, path, giveUp = 120) {
  let last;
  let renewed = false;
  for (let since = Date.now(); ; ) {
    try {
      for await (const event of once(cloud, path, last)) {
        since = Date.now();
        renewed = false;
        if (event.name === "open") continue;
        if (event.name === "done") return;
        last = event.id ?? last;
        yield event;
      }
    } catch (error) {
      const expired = error.status === 401 && !renewed;
      if ((error.refused && !expired) || Date.now() - since > giveUp * 1000) throw error;
      if (expired) renewed = await renew(cloud);
    }
    await pause(500);
  }
}

// False when nobody answered, and it is worth another try.
async function renew(cloud) {
  try {
    await cloud.renew();
    return true;
  } catch (error) {
    if (error.refused) throw error;
    return false;
  }
}

async function* once(cloud, path, last) {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silence);
  try {
    const headers = { Accept: "text/event-stream", "X-Auth-Token": cloud.token };
    if (last) headers["Last-Event-ID"] = last;
    const answer = await fetch(cloud.url + path, { headers, signal: quiet.signal });
    if (answer.status === 204) return yield { name: "done" };
    if (!answer.ok) throw await refusal("GET", path, answer);
    yield { name: "open" };
    let text = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silence);
      text += chunk;
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const event = parse(text.slice(0, end));
        if (event) yield event;
      }
    }
  } finally {
    clearTimeout(timer);
    quiet.abort();
  }
}

function parse(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return fields.data === undefined ? null : { name: fields.event, id: fields.id, data: JSON.parse(fields.data) };
}
