/**
 * The checks of a target on a running cluster, one function each. A check throws ConformanceError if the target fails
 * it. It returns null if the target passes, or says why the check was impossible here.
 */
import { isRefusal, judge, type NodeName } from "../../../checkers/index.ts";
import { type Kinds, nodeNamer, planAt } from "../../../generators/index.ts";
import type { Outcome } from "../../platforms/session.ts";
import { clientTimeoutMs, environmentMs, runHistory } from "../../run/index.ts";
import type { TargetCapabilities } from "../target.ts";
import {
  type Bench,
  ConformanceError,
  isShown,
  neverAnswered,
  said,
  type Shown,
  textOf,
  valuesOf,
} from "./bench.ts";

/** Whether the target reads and writes single keys, which is all that most checks need. */
export const hasRegister = ({ target: { workloads } }: Bench): boolean =>
  workloads.includes("register") || workloads.includes("siblings");

const withoutRegister =
  "The target has neither register nor siblings, so there is nothing to write and read";

export async function starts(bench: Bench): Promise<string | null> {
  await bench.start();
  const { cluster, settings, target } = bench;
  const facts = target.facts(settings);
  const { nodes } = facts;
  const expected = Array.from({ length: nodes }, (_, index) => nodeNamer(facts)(index));
  if (cluster.nodes.join() !== expected.join())
    throw new ConformanceError(
      `facts().nodes says ${nodes} nodes, but these started: ${cluster.nodes.join(", ") || "none"}. Start ` +
        `as many as facts() says, named ${expected.join(", ")}.`,
    );
  if (!hasRegister(bench)) return withoutRegister;
  for (const node of cluster.nodes) {
    const outcome = await answeredRead(bench, node);
    if (outcome.kind !== "ok")
      throw new ConformanceError(
        `${node} was reported as ready, but answers a read with ${said(outcome)}. Let a node be ready only ` +
          "once it serves, or correct the client's read.",
      );
    if (outcome.versions === undefined)
      throw new ConformanceError(
        `A read through ${node} returned no versions: return the value, or nothing ([] in an outcome) where ` +
          "the key is not there.",
      );
  }
  return null;
}

async function answeredRead(bench: Bench, node: NodeName): Promise<Outcome> {
  const untilUs = bench.cluster.clock.nowUs() + bench.patienceMs * 1000;
  for (;;) {
    const outcome = await bench.read(node, bench.newKey());
    if (outcome.kind === "ok" || bench.cluster.clock.nowUs() >= untilUs) return outcome;
    await bench.wait(200);
  }
}

/**
 * Runs a short history without faults. At least half of the operations of each kind must succeed, not counting refused
 * ones. No read may return what no client wrote, and checkers must be able to read all answers.
 */
export async function serves(bench: Bench, workload: string, kinds: Kinds): Promise<string | null> {
  const { target, cluster } = bench;
  const settings = { ...bench.settings, ...target.settingsFor?.(workload) };
  const plan = planAt(
    {
      target,
      settings,
      workload,
      kinds,
      faults: [],
      claimed: [],
      quick: !cluster.virtualTime,
      operations: { min: 40, max: 40 },
    },
    1,
    0,
  );
  const events = await runHistory(plan, cluster, { evidence: true, kinds }).catch(
    (error: unknown) => {
      throw new ConformanceError(
        `A history of the workload ${workload} could not be run: ${textOf(error)}`,
        error,
      );
    },
  );
  const end = events.at(-1);
  if (end?.e === "end" && end.reason !== undefined)
    throw new ConformanceError(
      `A history of the workload ${workload} could not be run to its end: ${end.reason}. Look at the nodes' logs.`,
    );
  const answered = new Set(events.flatMap((event) => (event.e === "ok" ? [event.op] : [])));
  const refused = new Set(
    events.flatMap((event) =>
      event.e === "fail" && isRefusal({ outcome: event.e, code: event.code }) ? [event.op] : [],
    ),
  );
  const failures = new Map(
    events.flatMap((event) =>
      event.e === "fail" || event.e === "info"
        ? [[event.op, `${event.e} ${event.code} (${event.message ?? "no message"})`] as const]
        : [],
    ),
  );
  for (const f of new Set(plan.operations.map((operation) => operation.f))) {
    const asked = plan.operations.flatMap((operation, op) =>
      operation.f === f && !refused.has(op) ? [op] : [],
    );
    const ok = asked.filter((op) => answered.has(op));
    // On a busy machine some operations reach the store's own timeout, so half of them may fail.
    if (ok.length === 0 || ok.length * 2 < asked.length)
      throw new ConformanceError(
        `Without any fault, only ${ok.length} of ${asked.length} operations ${f} of the workload ${workload} ` +
          "succeeded, and another ended as " +
          `${failures.get(asked.find((op) => !answered.has(op)) ?? -1) ?? "nothing at all"}. Make the client ` +
          `do ${f}, or take ${workload} out of the target's workloads.`,
      );
  }
  const { guarantees } = judge(events);
  for (const [name, { verdict, anomalies, reason = "" }] of Object.entries(guarantees)) {
    if (name.endsWith("no-thin-air") && verdict === "invalid")
      throw new ConformanceError(
        `A read of the workload ${workload} returned what no client wrote: ` +
          `${anomalies[0]?.explanation ?? name}. Return values exactly as they were written, from this history ` +
          "alone.",
      );
    if (verdict === "unknown" && reason.startsWith("the checker failed"))
      throw new ConformanceError(
        `The client's answers of the workload ${workload} cannot be read: ${name}: ${reason}. Return answers ` +
          "in the form that the workload has.",
      );
  }
  return null;
}

/** Checks that a history does not show the writes of an earlier history. */
export async function keepsHistoriesApart(bench: Bench): Promise<string | null> {
  if (!hasRegister(bench)) return withoutRegister;
  await bench.start();
  const key = bench.newKey();
  const [first] = bench.cluster.nodes;
  if (first === undefined) return "There is no node";
  await bench.acknowledged(first, key, "earlier");
  await bench.cluster.reset();
  await bench.start();
  const { isolation } = capabilitiesOf(bench);
  const how =
    isolation === "fresh-nodes"
      ? "Start nodes with empty disks (name the folder of a node's data: containers.data, or dataPath in TypeScript)"
      : "Give each history a keyspace of its own";
  for (const node of bench.cluster.nodes) {
    await answeredRead(bench, node);
    const outcome = await bench.read(node, key);
    if (valuesOf(outcome).some((value) => value !== null))
      throw new ConformanceError(
        `${node} shows what an earlier history wrote to ${key}: ${said(outcome)}. ${how}, or correct ` +
          "capabilities.isolation.",
      );
    if (!inspects(bench)) continue;
    const held = Object.keys((await bench.inspected(node)).state);
    if (held.length > 0)
      throw new ConformanceError(
        `${node} already holds ${held.slice(0, 3).join(", ")} when a history begins. ${how}, or let inspect ` +
          "return only the keys of this history.",
      );
  }
  return null;
}

const inspects = (bench: Bench): boolean => capabilitiesOf(bench).inspection;

/** Returns the target's capabilities for its first workload. */
const capabilitiesOf = ({ target, settings, cluster }: Bench): TargetCapabilities =>
  target.capabilities(settings, cluster, target.workloads[0] ?? "register");

/**
 * Kills all nodes and starts them again, and then reads what was written before. Each node must answer. If the target
 * promises `durable`, at least one node must return each write.
 */
export async function survivesRestart(bench: Bench): Promise<string | null> {
  const { cluster, target, settings } = bench;
  await bench.start();
  const why = bench.cannot("killed");
  if (why !== null) return `Nodes cannot be killed here: ${why}`;
  const written = new Map<string, NodeName>();
  if (hasRegister(bench))
    for (const node of cluster.nodes) {
      const key = bench.newKey();
      await bench.acknowledged(node, key, `through ${node}`);
      written.set(key, node);
    }
  const { settleBeforeRestartMs } = target.finalPhase(settings, true);
  if (settleBeforeRestartMs > 0) await bench.wait(settleBeforeRestartMs);
  const killed = new Map(cluster.nodes.map((node) => [node, "killed"] as const));
  const nobody = new Map<NodeName, "killed">();
  await bench
    .set(killed, nobody)
    .catch(
      refused(
        "killed",
        "how the target starts nodes: containers.node, the simulator's program or messages",
      ),
    );
  await bench
    .set(nobody, killed)
    .catch(
      refused(
        "started again",
        "how the target starts nodes: containers.node, the simulator's program or messages",
      ),
    );
  const { guarantees, bounds } = target.promises(settings, {
    workload: target.workloads.includes("register") ? "register" : "siblings",
    requests: [{ f: "read" }, { f: "write" }],
    effects: cluster.nodes.map((_, node) => ({ effect: "node-down", node })),
    keys: [...written.keys()],
  });
  for (const [key, node] of written) {
    const seen = await bench.shown(
      key,
      `through ${node}`,
      bench.patienceMs + (bounds.reconnectUs + bounds.convergeUs) / 1000,
      (all) => isShown(all) && all.every(({ answered }) => answered),
    );
    const silent = seen.filter(({ answered }) => !answered);
    if (silent.length > 0)
      throw new ConformanceError(
        `${namesOf(silent)} did not serve again after all nodes were killed and started. Each node must find ` +
          "its data and its peers when it starts again with the content of its disk.",
      );
    if (!isShown(seen) && guarantees.includes("durable"))
      throw new ConformanceError(
        `A write through ${node} was acknowledged, and no node has it after all nodes were killed and ` +
          "started. Let the store sync before it acknowledges, keep its data where the target says, or do not " +
          "promise durable.",
      );
  }
  return hasRegister(bench) ? null : withoutRegister;
}

const namesOf = (seen: readonly Shown[]): string => seen.map(({ node }) => node).join(", ");

const refused =
  (what: string, where: string) =>
  (error: unknown): never => {
    throw new ConformanceError(
      `Nodes could not be ${what}: ${textOf(error)} Look at ${where}.`,
      error,
    );
  };

/** A fault that may leave a write without an answer. */
interface Trouble {
  readonly name: string;
  /** The nodes that the fault affects. `state` says how. */
  readonly nodes: readonly NodeName[];
  readonly state: "killed" | "paused";
  /** How many ms after the sending of the write the fault begins. If 0, the fault begins before the write. */
  readonly afterMs: number;
}

/** Checks the writes that certainly failed, according to the client. No read may return their values later. */
export async function tellsErrorsApart(bench: Bench): Promise<string | null> {
  if (!hasRegister(bench)) return withoutRegister;
  await bench.start();
  const { cluster } = bench;
  const [asked, ...others] = cluster.nodes;
  if (asked === undefined) return "There is no node";
  const troubles: readonly Trouble[] = [
    { name: `while ${asked} was paused`, nodes: [asked], state: "paused", afterMs: 0 },
    { name: "while all other nodes were paused", nodes: others, state: "paused", afterMs: 0 },
    { name: "while all other nodes were down", nodes: others, state: "killed", afterMs: 0 },
    { name: `as ${asked} was paused`, nodes: [asked], state: "paused", afterMs: 2 },
    { name: `as ${asked} was killed`, nodes: [asked], state: "killed", afterMs: 2 },
    { name: "as all other nodes were paused", nodes: others, state: "paused", afterMs: 2 },
  ];
  const possible = troubles.filter(
    ({ nodes, state }) => nodes.length > 0 && bench.cannot(state) === null,
  );
  if (possible.length === 0)
    return `Nodes cannot be paused or killed here: ${bench.cannot("paused") ?? "there is none"}`;
  for (const trouble of possible) {
    const key = bench.newKey();
    await bench.acknowledged(asked, bench.newKey(), "before");
    const outcome = await writeInTrouble(bench, asked, key, trouble);
    if (outcome.kind !== "fail") continue;
    const seen = await bench.shown(key, troubledValue, lateMs);
    const witness = seen.find(({ shows }) => shows);
    if (witness !== undefined)
      throw new ConformanceError(
        `A write ${trouble.name} ended as ${said(outcome)}, and a later read through ${witness.node} shows ` +
          "the written value. Answer fail only where the store certainly did nothing, and info (any error that " +
          "is not definite) where nobody knows.",
      );
  }
  return null;
}

const troubledValue = "in trouble";
/** How long the check looks for the value of a failed write after the fault, in ms. */
const lateMs = 3_000;

async function writeInTrouble(
  bench: Bench,
  node: NodeName,
  key: string,
  { nodes, state, afterMs }: Trouble,
): Promise<Outcome> {
  const { cluster } = bench;
  const { process } = cluster.ports;
  const troubled = new Map(nodes.map((one) => [one, state] as const));
  const nobody: typeof troubled = new Map();
  const timeoutMs = clientTimeoutMs(bench.target, bench.settings);
  let begun = false;
  let outcome: Outcome | undefined;
  const begin = (then: () => void): void =>
    process.set(troubled, nobody, () => {
      begun = true;
      then();
    });
  const session = cluster.connect("script", node);
  // The session connects before the fault begins, so that a request can still be sent during the fault.
  let connected = false;
  session.perform({ op: bench.newOp(), f: "read", key }, timeoutMs, () => {
    connected = true;
  });
  await cluster.until(() => connected, timeoutMs + environmentMs);
  const write = (): void =>
    session.perform(
      { op: bench.newOp(), f: "write", key, value: troubledValue },
      timeoutMs,
      (now) => {
        outcome = now;
      },
    );
  if (afterMs === 0) begin(write);
  else {
    write();
    cluster.clock.setTimer(afterMs, () => begin(() => {}));
  }
  await cluster.until(() => begun && outcome !== undefined, timeoutMs + environmentMs);
  await bench.set(nobody, troubled);
  if (outcome === undefined) throw neverAnswered(node, "write");
  await bench.acknowledged(node, bench.newKey(), "after");
  session.close();
  return outcome;
}

/**
 * Checks by two writes and a read that the target shows the versions, the inspection and the evidence that its
 * `capabilities` claim.
 */
export async function capabilitiesAreTrue(bench: Bench): Promise<string | null> {
  if (!hasRegister(bench)) return withoutRegister;
  await bench.start({ evidence: true });
  const { cluster } = bench;
  const { versions, inspection, evidence } = capabilitiesOf(bench);
  const [node] = cluster.nodes;
  if (node === undefined) return "There is no node";
  const key = bench.newKey();
  const first = await bench.acknowledged(node, key, "first");
  const second = await bench.acknowledged(node, key, "second");
  const read = await bench.read(node, key);
  if (versions !== "none") versionsAreTrue(versions, [first, second, read]);
  if (inspection) await inspectionIsTrue(bench, key);
  if (evidence) await evidenceIsTrue(bench);
  return null;
}

function versionsAreTrue(
  versions: "stamps" | "siblings",
  [first, second, read]: readonly [Outcome, Outcome, Outcome],
): void {
  const hint = "Show the store's own versions, or set capabilities.versions to none.";
  const named = [first, second, read].map((outcome) =>
    outcome.kind === "ok" ? (outcome.versions ?? []) : [],
  );
  const without = named.find((shown) => shown.some(({ version }) => version === undefined));
  if (without !== undefined || named[0]?.length !== 1 || named[1]?.length !== 1)
    throw new ConformanceError(
      `capabilities.versions is ${versions}, but a write did not return exactly one version, or a value ` +
        `came without a version: ${JSON.stringify(named)}. ${hint}`,
    );
  const [before = "", after = ""] = named.map((shown) => shown[0]?.version);
  if (before === after)
    throw new ConformanceError(
      `Two writes of one key were given the same version ${before}: each write needs a version of its own. ${hint}`,
    );
  if (versions === "stamps" && before > after)
    throw new ConformanceError(
      "capabilities.versions says that versions are ordered, but of two writes by one client through one " +
        `node the second has the lower version: ${before}, then ${after}. Write versions so that they sort ` +
        "as texts (fixed width), or set capabilities.versions to none.",
    );
}

/**
 * Checks that inspection shows the value "second", which the last write wrote to the key. A replica may be stale, so
 * the check waits until one of the replicas holds this value.
 */
async function inspectionIsTrue(bench: Bench, key: string): Promise<void> {
  const untilUs = bench.cluster.clock.nowUs() + bench.patienceMs * 1000;
  do {
    for (const node of bench.cluster.nodes) {
      const { state } = await bench.inspected(node);
      if (state[key]?.versions.some(({ value }) => value === "second") === true) return;
    }
    await bench.wait(200);
  } while (bench.cluster.clock.nowUs() < untilUs);
  throw new ConformanceError(
    `${key} was written, and inspect shows its last value on no node. Let inspect return what the replica holds by ` +
      "the keys that clients use, or set capabilities.inspection to false.",
  );
}

async function evidenceIsTrue(bench: Bench): Promise<void> {
  const events = await bench.cluster.evidence();
  const hint =
    "Record what each node sends, receives and syncs, or set capabilities.evidence to false.";
  const silent = bench.cluster.nodes.find((node) =>
    events.every((event) => !("node" in event) || event.node !== node),
  );
  if (silent !== undefined)
    throw new ConformanceError(`There is no evidence of ${silent}. ${hint}`);
  for (const kind of ["boot", "sync", "sent", "received"] as const)
    if (events.every(({ e }) => e !== kind))
      throw new ConformanceError(
        `Nodes served a write, and the evidence shows no ${kind} at all. ${hint}`,
      );
}
