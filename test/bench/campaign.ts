/**
 * Measures how many simulated histories are drawn, run, judged and hashed in a minute, as in a campaign. They have 100
 * operations, and draw from every kind of fault that the simulator can make.
 */
import { builtInKinds, faultKinds, planAt, type PlanOptions } from "../../generators/index.ts";
import { attempt, swarmable } from "../../harness/campaign/index.ts";
import { createPool, wishesOf } from "../../harness/campaign/pool.ts";
import { bundled, createSimCluster } from "../../harness/index.ts";
import { defaultSettings } from "../../store/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";
import { cannotMake } from "../../harness/run/index.ts";

const histories = 400;
/** The number of histories in each thread before the measurement. Code is loaded and compiled during these. */
const warmUp = 60;
const seed = 7;

const plans: PlanOptions = {
  target: bundledPlans,
  settings: { ...defaultSettings, nodes: 5 },
  workload: "register",
  swarmSettings: swarmable,
  faults: faultKinds.filter(
    (kind) => cannotMake(kind, createSimCluster(bundled), builtInKinds) === null,
  ),
  claimed: [],
  operations: { min: 100, max: 100 },
};

/**
 * Starts a measurement, and returns a function that reads it: the processor time of all threads in ms, which a busy
 * machine hardly affects, and the wall time.
 */
function stopwatch(): () => { readonly processorMs: number; readonly wallMs: number } {
  const before = process.cpuUsage();
  const started = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { processorMs: (user + system) / 1000, wallMs: performance.now() - started };
  };
}

/** Measures one thread, after the warm-up. */
async function alone(): Promise<string> {
  const cluster = createSimCluster(bundled);
  let read = stopwatch();
  for (let index = 0; index < warmUp + histories; index++) {
    if (index === warmUp) read = stopwatch();
    await attempt(planAt(plans, seed, index), cluster, { evidence: true });
  }
  const { processorMs, wallMs } = read();
  return `  one thread: ${(processorMs / histories).toFixed(1)} ms of processor time a history: ${perMinute(processorMs)} a minute of one core (${perMinute(wallMs)} by the clock)`;
}

/** Measures several threads, as `--jobs` uses them, after the warm-up. */
async function together(jobs: number): Promise<string> {
  let next = 0;
  let read = stopwatch();
  const pool = createPool(
    jobs,
    () => (next < jobs * warmUp + histories ? { index: next++ } : "none"),
    {
      target: { name: "bundled" },
      draw: { plans: wishesOf(plans), seed },
      run: { evidence: true },
      steers: false,
    },
  );
  for (let index = 0; index < jobs * warmUp + histories; index++) {
    if (index === jobs * warmUp) read = stopwatch();
    await pool.take(index);
  }
  await pool.close();
  const { processorMs, wallMs } = read();
  return `  ${jobs} threads: ${(processorMs / histories).toFixed(1)} ms of processor time a history: ${perMinute(processorMs / jobs)} a minute of ${jobs} cores (${perMinute(wallMs)} by the clock; goal 6,000)`;
}

const perMinute = (ms: number): string =>
  Math.round((histories / ms) * 60_000).toLocaleString("en-US");

export async function benchCampaign(): Promise<void> {
  console.log(
    `${histories} simulated histories of 100 operations, five nodes, every kind of fault`,
  );
  console.log(await alone());
  console.log(await together(2));
}
