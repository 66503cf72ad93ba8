/**
 * Explains violations of causal consistency. Where a causal chain is shown, each of its steps is named, so that a
 * person can follow it. An anomaly lists at most `witnessAtMost` operations.
 */
import { brief, byClient, named, returned } from "../messages/operation-messages.ts";
import { faultsOver } from "../messages/because.ts";
import type { BadRead, Conflict } from "./causal-patterns.ts";
import type { CausalCoding } from "./causal-coding.ts";
import type { CausalGuarantee } from "./causal.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly } from "../language/verdict.ts";

const witnessAtMost = 5;

export function explainThinAir(guarantee: CausalGuarantee, model: Model, read: Operation): Anomaly {
  const writers = model.writers(read.key);
  const failed = read.versions
    .map((versioned) => writers.of(versioned))
    .find((writer) => writer?.outcome === "fail");
  const source =
    failed === undefined
      ? "which no operation wrote"
      : `although ${brief(failed)} had definitely failed (${failed.code ?? "no code"}), so that write must never take effect`;
  return {
    guarantee,
    explanation: `${named(read)} returned ${returned(read.versions)}, ${source} (ThinAirRead)`,
    operations: [...(failed === undefined ? [] : [failed.op]), read.op],
    key: read.key,
    atUs: read.endUs,
  };
}

export function explainCycle(
  guarantee: CausalGuarantee,
  { operations }: CausalCoding,
  cycle: readonly number[],
): Anomaly {
  const steps = cycle.map((number) => operations[number] as Operation);
  const [first] = steps;
  const chain = [...steps, ...(first === undefined ? [] : [first])].map(brief).join(" before ");
  return {
    guarantee,
    explanation: `the operations form a causal cycle (CyclicCO): ${chain}; each step is the order of one client's operations, or a read that returned the value of a write`,
    operations: steps.slice(0, witnessAtMost).map(({ op }) => op),
    atUs: Math.max(...steps.map(({ endUs, startUs }) => (endUs === Infinity ? startUs : endUs))),
  };
}

/**
 * Explains a bad read.
 *
 * @param whole Whether to include `because`: the causal chains, and the faults at that time. Finding the chains takes
 * long, so only the first anomalies get them.
 */
export function explainBadRead(
  guarantee: CausalGuarantee,
  model: Model,
  coding: CausalCoding,
  bad: BadRead,
  whole: boolean,
): Anomaly {
  const at = (number: number): Operation => coding.operations[number] as Operation;
  const read = at(bad.read);
  const newer = at(bad.pattern === "WriteCORead" ? bad.newer : bad.write);
  const older = bad.pattern === "WriteCORead" ? at(bad.older) : undefined;
  const missed =
    older === undefined
      ? `nothing, although the read depends on ${brief(newer)} (WriteCOInitRead)`
      : `${brief(older)}, although the read depends on ${brief(newer)}, which depends on ${brief(older)} (WriteCORead)`;
  const chains = !whole
    ? []
    : bad.pattern === "WriteCORead"
      ? [chainOf(coding, bad.older, bad.newer), chainOf(coding, bad.newer, bad.read)]
      : [chainOf(coding, bad.write, bad.read)];
  return {
    guarantee,
    explanation: `${named(read)} returned ${missed}`,
    operations: [...(older === undefined ? [] : [older.op]), newer.op, read.op],
    key: read.key,
    atUs: read.endUs,
    ...(whole
      ? { because: [...chains, ...faultsOver(model, read.key, newer.startUs, read.endUs)] }
      : {}),
  };
}

/**
 * Explains a cycle of conflicts and causes. The explanation names only the conflicts, which are enough to show that no
 * order of the writes fits. `because` has the causal chain of each conflict.
 */
export function explainConflicts(
  guarantee: CausalGuarantee,
  coding: CausalCoding,
  cycle: readonly number[],
  edges: readonly Conflict[],
): Anomaly {
  const at = (number: number): Operation => coding.operations[number] as Operation;
  const used = cycle.flatMap((later, i) => {
    const earlier = cycle.at(i - 1);
    return edges.find((edge) => edge.earlier === earlier && edge.later === later) ?? [];
  });
  const reasons = used.map(
    ({ earlier, later, read }) =>
      `${brief(at(earlier))} must come before ${brief(at(later))}, because ${brief(at(read))} returned ${brief(at(later))} although this read depends on ${brief(at(earlier))}`,
  );
  const witness = [
    ...new Set(used.flatMap(({ earlier, later, read }) => [earlier, later, read])),
  ].map(at);
  return {
    guarantee,
    explanation: `no single order of the writes explains what all clients saw (CyclicCF): ${reasons.join("; ")}`,
    operations: witness.slice(0, witnessAtMost).map(({ op }) => op),
    atUs: Math.max(...witness.map(({ endUs, startUs }) => (endUs === Infinity ? startUs : endUs))),
    because: used.map(({ earlier, read }) => chainOf(coding, earlier, read)),
  };
}

/**
 * A sentence with the shortest chain of causes from one operation to a later one. There is a chain, since the causal
 * order was computed from the same graph.
 */
function chainOf({ graph, operations }: CausalCoding, from: number, to: number): string {
  const behind = new Int32Array(graph.size).fill(-1);
  const queue = [to];
  for (let next = 0; behind[from] === -1; next++) {
    const at = queue[next] as number;
    for (const before of graph.before(at)) {
      if (behind[before] !== -1) continue;
      behind[before] = at;
      queue.push(before);
    }
  }
  const steps = [from];
  while (steps.at(-1) !== to) steps.push(behind[steps.at(-1) as number] as number);
  return `the cause: ${steps.map((number) => `${brief(operations[number] as Operation)} ${byClient(operations[number] as Operation)}`).join(", then ")}`;
}
