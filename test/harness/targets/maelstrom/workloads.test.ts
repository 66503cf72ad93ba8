/**
 * Tests that each workload holds for nodes that keep one state in lin-kv, and, except for echo, breaks for nodes that
 * overwrite that state blindly.
 */
import { describe, expect, it } from "vitest";
import { planAt, type PlanOptions } from "../../../../generators/index.ts";
import { attempt, type Attempt, brokenPromises } from "../../../../harness/campaign/index.ts";
import { openSimulator } from "../../../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";
import { keyNumber } from "../../../../harness/targets/maelstrom/requests/client-messages.ts";

const program = "test/fixtures/nodes/one-state.ts";

const optionsFor = (workload: string, ...modes: readonly string[]): PlanOptions => ({
  target: maelstrom,
  settings: maelstrom.parseSettings({
    bin: program,
    args: [workload, ...modes],
    convergeMs: 500,
    timeoutMs: 500,
  }),
  swarmSettings: ["latencyMs"],
  workload,
  faults: ["partition", "pause", "delay"],
  claimed: [],
});

/** Runs `count` histories, or fewer if one breaks a promise. */
async function histories(options: PlanOptions, count: number): Promise<readonly Attempt[]> {
  const cluster = openSimulator(maelstrom);
  const made: Attempt[] = [];
  const isWhole = ({ verdict }: Attempt): boolean => brokenPromises(verdict).length === 0;
  for (let index = 0; index < count && made.every(isWhole); index++)
    made.push(await attempt(planAt(options, 7, index), cluster, { evidence: true }));
  await cluster.stop();
  return made;
}

/** Workloads whose nodes have no state that could be overwritten. */
const stateless = new Set(["echo"]);

describe.each(maelstrom.workloads)("%s", (workload) => {
  it("holds for nodes with one state", async () => {
    const made = await histories(optionsFor(workload), 8);
    expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toEqual([]);
    expect(made.some(({ verdict }) => verdict.verdict === "valid")).toBe(true);
  });

  it.skipIf(stateless.has(workload))("breaks for nodes that overwrite it", async () => {
    const made = await histories(optionsFor(workload, "blind"), 15);
    expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).not.toEqual([]);
  });
});

it("set: holds over registers, each element under a key of its own", async () => {
  const { settings, ...options } = optionsFor("set");
  const made = await histories({ ...options, settings: { ...settings, args: ["register"] } }, 8);
  expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toEqual([]);
  const promised = made.flatMap(({ verdict }) =>
    Object.entries(verdict.guarantees).flatMap(([name, one]) => (one.promised ? [name] : [])),
  );
  expect(new Set(promised)).toEqual(
    new Set(["no-crash", "set-no-thin-air", "set-complete", "set-fresh"]),
  );
});

it.each([
  [["k0", "k1", "k999999", "k0-e0", "k0-e1", "k1-e0", "k99-e9999", "k100-e0"]],
  [["list", "k1-", "kx", "k1-e", "lists/1"]],
])("keys with other names get other numbers: %s", (keys) => {
  const numbers = keys.map(keyNumber);
  expect(new Set(numbers).size).toBe(keys.length);
  expect(numbers.every(Number.isSafeInteger)).toBe(true);
});

it("kafka: holds for a node that says 0 is committed where nothing was", async () => {
  const options = optionsFor("kafka");
  const bin = "test/fixtures/nodes/zero-committed.ts";
  const made = await histories({ ...options, settings: { ...options.settings, bin, nodes: 1 } }, 8);
  expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toEqual([]);
});

it("kafka: a client that met a dead node goes on where it was in each log", async () => {
  const made = await histories({ ...optionsFor("kafka"), faults: ["kill"] }, 12);
  expect(made.flatMap(({ verdict }) => brokenPromises(verdict))).toEqual([]);
});

it("the same plan gives the same history, byte for byte", async () => {
  const options = optionsFor("txn-list-append");
  const [once, again] = [await histories(options, 3), await histories(options, 3)];
  expect(once.map(({ hash }) => hash)).toEqual(again.map(({ hash }) => hash));
});

it("a broadcast's report has its messages and how long they took", async () => {
  const [made] = await histories(optionsFor("broadcast"), 1);
  const { measurements } = made?.verdict.guarantees["set-complete"] ?? {};
  expect(measurements).toMatchObject({ messagesBetweenNodes: 0, messagesPerOperation: 0 });
  expect(measurements?.["maximalStableMs"]).toBeGreaterThanOrEqual(0);
});
