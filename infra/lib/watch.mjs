// Shows the steps of a server's operations as they happen, until the last one has ended.
import { Cloud, run, server } from "./cloud.mjs";
import { events } from "./events.mjs";

const marks = { Completed: "done", Failed: "FAILED", Running: "…", Canceled: "cancelled" };

run(async ([data, name]) => {
  const cloud = await Cloud.login(data, "admin");
  const { id } = await server(cloud, name);
  for await (const event of events(cloud, `/runtime/webhooks/durabletask/events?resource=server/${id}`))
    console.log(lines[event.name](event.data));
});

const progress = ({ step, of, p90RemainingSeconds }) =>
  `step ${step} of ${of}, p90 remaining ${p90RemainingSeconds.toFixed(1)} s`;

const lines = {
  begun: (operation) => `${operation.name} (${operation.requestId})`,

  step: (step) => {
    const took = step.seconds === undefined ? "" : `${step.seconds.toFixed(3)} s`;
    const mark = step.nextTryTime ? `try ${step.attempt}` : marks[step.status];
    const why = step.fault ? `  ${step.fault.message}` : "";
    const where = step.host ? `  on ${step.host}` : "";
    const far = step.progress ? `  ${progress(step.progress)}` : "";
    return `  ${String(step.step).padStart(2)} ${step.name.padEnd(18)} ${mark.padEnd(9)} ${took}${where}${why}${far}`;
  },

  status: (now) => {
    const custom = now.customStatus === null ? "" : ` ${JSON.stringify(now.customStatus)}`;
    return `  ${now.runtimeStatus}${custom}${now.blocked ? `: ${now.blocked.reason}` : ""}`;
  },

  ended: (operation) => {
    const seconds = (Date.parse(operation.completedTime) - Date.parse(operation.createdTime)) / 1000;
    return `  ${operation.runtimeStatus} after ${seconds.toFixed(2)} s${operation.fault ? `: ${operation.fault.message}` : ""}`;
  },
};
