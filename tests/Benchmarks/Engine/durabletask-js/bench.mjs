// The same orchestrations on the in-memory backend of @microsoft/durabletask-js, which keeps nothing: prints a JSON object
// of figures. Times are of the wall, in seconds; rates are medians of three rounds.
import durabletask from "@microsoft/durabletask-js";

// Its worker tells the console of every event, which would be most of what is measured.
for (const level of ["log", "info", "debug", "warn"]) console[level] = () => {};

const { InMemoryOrchestrationBackend, TestOrchestrationClient, TestOrchestrationWorker, whenAll } = durabletask;
const inFlight = 64, rounds = 3, seconds = 3, steps = 200;
const backend = new InMemoryOrchestrationBackend();
const client = new TestOrchestrationClient(backend);
const worker = new TestOrchestrationWorker(backend);
const compute = async (_, number) => number + 1;
const chain = async function* (context, length) {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += yield context.callActivity(compute, i);
  return sum;
};
const fan = async function* (context, width) {
  const all = yield whenAll(Array.from({ length: width }, (_, i) => context.callActivity(compute, i)));
  return all.length;
};
worker.addActivity(compute);
worker.addOrchestrator(chain);
worker.addOrchestrator(fan);
await worker.start();

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const now = () => performance.now() / 1000;
async function run(orchestrator, input) {
  const id = await client.scheduleNewOrchestration(orchestrator, input);
  const state = await client.waitForOrchestrationCompletion(id, true, 120);
  if (!state || state.failureDetails || state.runtimeStatus !== 1) throw new Error(`${id} did not complete`);
}
async function took(orchestrator, input) {
  const began = now();
  await run(orchestrator, input);
  return now() - began;
}
async function load(length) {
  const began = now();
  let ended = 0;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (now() - began < length) {
      await run(chain, 5);
      ended++;
    }
  }));
  return ended / (now() - began);
}
async function each(measure) {
  const values = [];
  for (let i = 0; i < rounds; i++) values.push(await measure());
  return median(values);
}

await load(1);
const figures = {
  five_step: await each(() => load(seconds)),
  sequential: steps / (await each(() => took(chain, steps))),
  fan_out_1000: await each(() => took(fan, 1000)),
};
process.stdout.write(JSON.stringify(figures), () => process.exit(0));
