// Server-sent events of the cloud's own streams, across functions hosts that stop and start again.
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Longer than two of the stream's signs of life: a connection so silent is dead.
const silence = 40_000;

// Each event as { name, id, data }, until the stream says that nothing follows. A stream that breaks off is taken up after
// its last event; `giveUp` is for how many seconds nobody need answer.
export async function* events(cloud, path, giveUp = 120) {
  let last;
  for (let since = Date.now(); ; ) {
    try {
      for await (const event of once(cloud, path, last)) {
        since = Date.now();
        if (event.name === "done") return;
        last = event.id ?? last;
        yield event;
      }
    } catch (error) {
      if (error.refused || Date.now() - since > giveUp * 1000) throw error;
    }
    await pause(500);
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
    if (!answer.ok) {
      const error = new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      error.refused = answer.status < 500;
      throw error;
    }
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
