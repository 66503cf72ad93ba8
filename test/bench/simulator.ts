/**
 * Measures the speed of the simulator on one core, and what this machine allows. The goal on an idle machine is 30,000
 * operations a second with evidence; 15,000 is the least. The ratios to the upper bounds can be compared even on a busy
 * machine.
 */
import { hashHistory } from "../../harness/history-file.ts";
import { awaited, callbacks, withJson } from "./limits.ts";
import { runLoad } from "./load.ts";

const histories = 10;
const operations = 10_000;
const bareEvents = 1_000_000;

interface Measured {
  readonly operations: number;
  readonly ok: number;
  readonly events: number;
  readonly runMs: number;
  readonly hashMs: number;
}

async function measure(evidence: boolean, seeds: readonly number[]): Promise<Measured> {
  let sum: Measured = { operations: 0, ok: 0, events: 0, runMs: 0, hashMs: 0 };
  for (const seed of seeds) {
    const outcome = await runLoad({ seed, operations, evidence });
    const started = performance.now();
    hashHistory(outcome.evidence);
    sum = {
      operations: sum.operations + operations,
      ok: sum.ok + outcome.ok,
      events: sum.events + outcome.evidence.length,
      runMs: sum.runMs + outcome.elapsedMs,
      hashMs: sum.hashMs + performance.now() - started,
    };
  }
  return sum;
}

const perSecond = (count: number, ms: number): number => count / (ms / 1000);
const row = (name: string, rate: number, note: string): void => {
  console.log(
    `${name.padEnd(58)}${Math.round(rate).toLocaleString("en-US").padStart(11)}  ${note}`,
  );
};

export async function benchSimulator(): Promise<void> {
  const seeds = Array.from({ length: histories }, (_, index) => index + 1);
  // Warms up: after its first moments, a campaign runs on compiled code.
  await measure(true, seeds.slice(0, 3));
  const off = await measure(false, seeds);
  const on = await measure(true, seeds);
  for (const warm of [callbacks, withJson]) warm(bareEvents / 10);
  await awaited(bareEvents / 10);
  const bare = callbacks(bareEvents);
  const turn = await awaited(bareEvents);
  const json = withJson(bareEvents / 4);

  const eventsPerOperation = on.events / on.operations;
  const withEvidence = perSecond(on.operations, on.runMs);
  const recorded = perSecond(on.events, on.runMs);
  console.log(
    `five nodes, N = 3, R = W = 2, ${histories} histories of ${operations} operations, ${((100 * on.ok) / on.operations).toFixed(2)} % ok\n`,
  );
  row(
    "simulated operations/s, evidence on",
    withEvidence,
    `${eventsPerOperation.toFixed(1)} recorded events an operation`,
  );
  row(
    "  the same, evidence off",
    perSecond(off.operations, off.runMs),
    `evidence costs ${((100 * (on.runMs - off.runMs)) / on.runMs).toFixed(0)} %`,
  );
  row(
    "  the same, evidence on, serialised and hashed too",
    perSecond(on.operations, on.runMs + on.hashMs),
    "",
  );
  row("recorded events/s, evidence on", recorded, "");
  row("serialised and hashed events/s", perSecond(on.events, on.hashMs), "");
  console.log("\nthe bare limits of this machine, events/s");
  row(
    "heap, plain callbacks, message objects",
    bare,
    `${(bare / recorded).toFixed(1)} times what is recorded`,
  );
  row("heap, one awaited turn an event", turn, `${(turn / recorded).toFixed(1)} times`);
  row("heap, JSON for each body", json, `${(json / recorded).toFixed(1)} times`);
}
