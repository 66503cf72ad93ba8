/**
 * A worker thread of a campaign. For each request the thread draws the plan, unless the request brings it, runs it in
 * its own simulator, judges the history, and answers.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type Plan, planAt } from "../../generators/index.ts";
import { type Complaint, NodeFaultError, UnjudgedError } from "../errors.ts";
import { openSimulator } from "../platforms/simulator/index.ts";
import { ownCodeError } from "../config/own-code.ts";
import { resolveTarget } from "../config/resolve-target.ts";
import { featuresOf } from "../search/index.ts";
import { attempt } from "./attempt.ts";
import type { Asked, WorkerAnswer, WorkerTask } from "./pool.ts";

const port = parentPort;
if (port === null)
  throw new Error(
    "expected to be started as a worker thread of a campaign, got started as a program; run quorate instead",
  );
const { target: source, draw, run, steers } = workerData as WorkerTask;
const { target, kinds } = await resolveTarget(source);
const cluster = openSimulator(target);

port.on("message", ({ index, plan }: Asked) => {
  const attempted = async (): ReturnType<typeof attempt> =>
    attempt(plan ?? drawn(index), cluster, { ...run, kinds });
  attempted().then(
    ({ verdict, hash, elapsedMs, partsCalled, events }) =>
      port.postMessage({
        index,
        judged: { verdict, hash, elapsedMs, partsCalled },
        features: steers ? featuresOf(events) : null,
      } satisfies WorkerAnswer),
    (thrown: unknown) => port.postMessage(failureOf(index, thrown)),
  );
});

function drawn(index: number): Plan {
  if (draw !== null) return planAt({ ...draw.plans, target, kinds }, draw.seed, index);
  throw new Error(`expected plan ${index}, or options to draw that plan; got neither`);
}

function failureOf(index: number, thrown: unknown): WorkerAnswer {
  const own = ownCodeError(thrown);
  return {
    index,
    ...(thrown instanceof UnjudgedError ? { unjudged: complaintOf(thrown) } : {}),
    ...(thrown instanceof NodeFaultError ? { nodeFault: complaintOf(thrown) } : {}),
    ...(own === null ? {} : { misused: complaintOf(own) }),
    failed: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  };
}

/** Copies the fields of an error into a plain object, since a structured clone of the error would lose them. */
function complaintOf({ code, expected, got, hint }: Complaint): Complaint {
  return { code, expected, got, hint };
}
