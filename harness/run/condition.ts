/**
 * The condition that the cluster is in, and what the active faults want it to be: the union of what each wants. Faults may
 * overlap, so none of them undoes anything by itself.
 */
import type { NodeName } from "../../checkers/index.ts";
import {
  aheadMs,
  cutsOf,
  type Fault,
  type Limit,
  nodeName,
  nodesOf,
  type PlannedFault,
  troublesOf,
  worseOf,
} from "../../generators/index.ts";
import type { Cluster, TroubledLink } from "../platforms/cluster.ts";

type NodeMode = "running" | "paused" | "killed";
export type Step = (done: (error: Error | null) => void) => void;

/** Returns what gives the steps from the condition that earlier steps led to, to the one that the active faults (since when, by index) want now. */
export function createCondition(
  cluster: Cluster,
  faults: readonly PlannedFault[],
): (active: ReadonlyMap<number, number>) => Step[] {
  const actual = new Map<NodeName, NodeMode>(cluster.nodes.map((node) => [node, "running"]));
  const actualAheadMs = new Map<NodeName, number>(cluster.nodes.map((node) => [node, 0]));
  let actualCuts = "[]";
  let actualTroubles = "[]";
  let actualFull = "[]";
  let actualSlow = "[]";
  let actualLimits = "[]";
  return (active) => {
    const wanted = faults.filter((_, index) => active.has(index)).map((planned) => planned.fault);
    const nowUs = cluster.clock.nowUs();
    const steps: Step[] = [];
    const pairs = new Map(
      wanted
        .flatMap((fault) => cutsOf(fault, cluster.nodes.length))
        .map((cut) => [cut.join(">"), cut]),
    );
    const cuts = [...pairs.values()].sort((a, b) => (a.join(">") < b.join(">") ? -1 : 1));
    const encoded = JSON.stringify(cuts);
    // Cuts come first: a node that is about to start again must find them in force.
    if (encoded !== actualCuts) {
      steps.push((done) => cluster.setCuts(cuts, done));
      actualCuts = encoded;
    }
    const troubles = troublesTogether(wanted, cluster.nodes.length);
    if (JSON.stringify(troubles) !== actualTroubles) {
      steps.push((done) => cluster.setTroubles(troubles, done));
      actualTroubles = JSON.stringify(troubles);
    }
    const full = nodesUnder(wanted, "disk-full");
    if (JSON.stringify(full) !== actualFull) steps.push((done) => cluster.setFullDisks(full, done));
    actualFull = JSON.stringify(full);
    const slow = nodesUnder(wanted, "slow-disk");
    if (JSON.stringify(slow) !== actualSlow) steps.push((done) => cluster.setSlowDisks(slow, done));
    actualSlow = JSON.stringify(slow);
    const limits = limitsTogether(wanted);
    if (JSON.stringify(limits) !== actualLimits)
      steps.push((done) => cluster.setLimits(limits, done));
    actualLimits = JSON.stringify(limits);
    for (const [node, before] of actualAheadMs) {
      const offsets = faults.map(({ fault }, index) => {
        const sinceUs = active.get(index);
        return sinceUs !== undefined &&
          fault.kind === "clock" &&
          fault.nodes.map(nodeName).includes(node)
          ? aheadMs(fault.clock, Math.floor((nowUs - sinceUs) / 1000))
          : 0;
      });
      const ahead = offsets.reduce((sum, offset) => sum + offset, 0);
      if (ahead !== before) steps.push((done) => cluster.setClock(node, ahead, done));
      actualAheadMs.set(node, ahead);
    }
    const killed = new Set(
      wanted.flatMap((fault) =>
        fault.kind === "kill" || fault.kind === "disk" || fault.kind === "power"
          ? fault.nodes.map(nodeName)
          : [],
      ),
    );
    const paused = new Set(
      wanted.flatMap((fault) => (fault.kind === "pause" ? fault.nodes.map(nodeName) : [])),
    );
    for (const [node, mode] of actual) {
      const target: NodeMode = killed.has(node)
        ? "killed"
        : paused.has(node)
          ? "paused"
          : "running";
      steps.push(...stepsBetween(cluster, node, mode, target));
      actual.set(node, target);
    }
    return steps;
  };
}

const nodesUnder = (faults: readonly Fault[], kind: Fault["kind"]): NodeName[] =>
  [...new Set(faults.flatMap((fault) => (fault.kind === kind ? nodesOf(fault) : [])))].sort();

/** Each direction once, with the worst that any fault wants there. */
function troublesTogether(faults: readonly Fault[], nodes: number): TroubledLink[] {
  const worst = new Map<string, TroubledLink>();
  for (const [from, to, trouble] of faults.flatMap((fault) => troublesOf(fault, nodes))) {
    const name = `${from}>${to}`;
    const other = worst.get(name);
    worst.set(name, [from, to, other === undefined ? trouble : worseOf(other[2], trouble)]);
  }
  return [...worst].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link);
}

/** Each node once, with the least that any fault leaves it. */
function limitsTogether(faults: readonly Fault[]): (readonly [NodeName, Limit])[] {
  const least = new Map<NodeName, Limit>();
  for (const fault of faults) {
    if (fault.kind !== "limit") continue;
    for (const node of fault.nodes.map(nodeName)) {
      const { processorPercent, memoryMiB } = least.get(node) ?? fault;
      least.set(node, {
        processorPercent: Math.min(processorPercent, fault.processorPercent),
        memoryMiB: Math.min(memoryMiB, fault.memoryMiB),
      });
    }
  }
  return [...least].sort(([a], [b]) => (a < b ? -1 : 1));
}

function stepsBetween(cluster: Cluster, node: NodeName, from: NodeMode, to: NodeMode): Step[] {
  if (from === to) return [];
  const kill: Step = (done) => cluster.kill(node, done);
  const restart: Step = (done) => cluster.restart(node, done);
  const pause: Step = (done) => cluster.pause(node, done);
  const resume: Step = (done) => cluster.resume(node, done);
  switch (to) {
    case "killed":
      return [kill];
    case "running":
      return from === "killed" ? [restart] : [resume];
    case "paused":
      return from === "killed" ? [restart, pause] : [pause];
  }
}
