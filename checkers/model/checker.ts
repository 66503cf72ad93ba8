/** The type of checkers, and when a checker does not apply to a run. */
import type { Capability } from "./known-run.ts";
import type { Model } from "./model.ts";
import type { Judgement } from "../language/verdict.ts";

/** The exact definition of a guarantee, for the reference. */
export interface Definition {
  /** The condition that `check` decides. */
  readonly predicate: string;
  /** The source of the condition, such as a paper and section, another tool's checker, or "quorate's own rule". */
  readonly source: string;
}

/**
 * A guarantee with its checker. quorate's own checkers are in checkers/built-in-checkers.ts. `judge` accepts further
 * ones.
 *
 * @example
 *   const noSlowRead: Checker = {
 *     name: "no-slow-read",
 *     meaning: "every read is answered within a second",
 *     needs: [],
 *     workloads: "all",
 *     check({ operations }) {
 *       const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
 *       const slow = reads.filter(({ startUs, endUs }) => endUs - startUs > 1_000_000);
 *       return conclude({
 *         judged: reads.length,
 *         anomalies: slow.map(({ op }) => ({
 *           guarantee: "no-slow-read",
 *           explanation: `read ${op} took more than a second`,
 *           operations: [op],
 *         })),
 *       });
 *     },
 *   };
 */
export interface Checker<Name extends string = string> extends Partial<Definition> {
  /** The guarantee's name, in lower case with hyphens, as on the command line and in reports. */
  readonly name: Name;
  /** What the guarantee means, in one sentence without a capital and a full stop. */
  readonly meaning: string;
  /**
   * The capabilities that the checker needs. If the run lacks one, the guarantee is not applicable. A checker that can
   * work without a capability does not list it here, and asks `model.run.has` instead.
   */
  readonly needs: readonly Capability[];
  /** The workloads that the checker understands. */
  readonly workloads: readonly string[] | "all";
  /**
   * Judges the history. A pure function: the same history always gives the same judgement. If it throws an error, the
   * verdict is `unknown` with the error's message.
   * @param model The history. Its workload is one of `workloads`, and the run has all capabilities in `needs`.
   */
  check(model: Model): Judgement;
}

const lacking: Readonly<Record<Capability, string>> = {
  versions: "reads and acknowledgements carry no versions",
  stamps: "reads and acknowledgements carry no ordered versions",
  siblings: "reads return no siblings",
  inspection: "the target's replicas cannot be inspected",
  evidence: "the Host recorded no evidence",
  processes: "the harness did not watch whether nodes ended",
  quorums: "n, r, w and the replicas of each key are not known",
  repair: "the target's repair mechanisms are not known",
};

/** @returns A sentence that says why a guarantee that needs the missing capability is not applicable. */
export const lacks = (capability: Capability): string =>
  `needs ${capability}: ${lacking[capability]}`;

/**
 * What a checker judges from that makes do with the last reads.
 *
 * @param wanted What the checker would need to judge from the replicas themselves.
 * @returns The text for `judgedFrom`, with the first of `wanted` that the run lacks. Undefined: it lacks none.
 */
export function fromLastReads(
  { has }: Model["run"],
  wanted: readonly Capability[],
): string | undefined {
  const missing = wanted.find((capability) => !has.has(capability));
  return missing && `the last reads of each key through each node, because ${lacking[missing]}`;
}

/** @returns Why the checker cannot judge the history, or null if it can. */
export function obstacle({ needs, workloads }: Checker, { run }: Model): string | null {
  if (workloads !== "all" && !workloads.includes(run.workload))
    return `judges only the workload ${workloads.join(" or ")}, and the workload of this history is ${run.workload}`;
  const missing = needs.find((capability) => !run.has.has(capability));
  return missing === undefined ? null : lacks(missing);
}

/** The workloads in which clients only read, write and delete single keys. */
export const keyedWorkloads = ["register", "siblings"] as const;
