/** A worker thread of a campaign: told an index, it draws that plan, runs it in a simulator of its own, judges it, and answers. */
import { parentPort, workerData } from "node:worker_threads";
import { planAt } from "../../generators/index.ts";
import { createSimCluster } from "../sim/index.ts";
import { attempt } from "./attempt.ts";
import type { WorkerAnswer, WorkerTask } from "./pool.ts";

const port = parentPort;
if (port === null) throw new Error("expected to be started as a worker thread of a campaign, got started as a program; run quorate instead");
const { plans, seed, run } = workerData as WorkerTask;
const cluster = createSimCluster();

port.on("message", (index: number) => {
  attempt(planAt(plans, seed, index), cluster, run).then(
    ({ verdict, hash, elapsedMs }) => port.postMessage({ index, judged: { verdict, hash, elapsedMs } } satisfies WorkerAnswer),
    (thrown: unknown) => port.postMessage({ index, failed: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) } satisfies WorkerAnswer),
  );
});
