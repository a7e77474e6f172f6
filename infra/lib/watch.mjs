// Shows the steps of a server's operations as they happen, until the last one has ended.
import { Cloud, run, server } from "./cloud.mjs";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const marks = { Completed: "done", Failed: "FAILED", Running: "…", Canceled: "cancelled" };

run(async ([data, name]) => {
  const cloud = await Cloud.login(data, "admin");
  const { id } = await server(cloud, name);
  const shown = new Set();
  while (true) {
    const all = await cloud.get(`/runtime/webhooks/durabletask/instances?resource=server/${id}`);
    for (const operation of all) show(operation, shown);
    const last = all.at(-1);
    if (!last || last.completedTime) return;
    await pause(300);
  }
});

function show(operation, shown) {
  line(shown, `${operation.instanceId}: begun`, () => `${operation.name} (${operation.requestId})`);
  operation.steps.forEach((step, number) =>
    line(shown, `${operation.instanceId} ${number} ${step.status}`, () => {
      const took = step.seconds === undefined ? "" : `${step.seconds.toFixed(3)} s`;
      const why = step.fault ? `  ${step.fault.message}` : "";
      return `  ${String(number + 1).padStart(2)} ${step.name.padEnd(18)} ${marks[step.status].padEnd(9)} ${took}${why}`;
    }),
  );
  if (operation.completedTime)
    line(shown, `${operation.instanceId}: ended`, () => {
      const seconds = (Date.parse(operation.completedTime) - Date.parse(operation.createdTime)) / 1000;
      return `  ${operation.runtimeStatus} after ${seconds.toFixed(2)} s${operation.fault ? `: ${operation.fault.message}` : ""}`;
    });
}

function line(shown, key, text) {
  if (shown.has(key)) return;
  shown.add(key);
  console.log(text());
}
