/**
 * The `run` event with values for `n`, `r`, `w`, `preference` and `repair` even if they are unknown, so that checkers
 * need not test for absence.
 */
import type { RepairFacts, RunEvent, VersionKind } from "../language/history.ts";

/**
 * A capability of a run that a checker may need. `versions`: the target shows stamps or siblings. `stamps`: versions
 * are ordered. `quorums`: n, r, w and each key's replicas are known. `repair`: the repair mechanisms are known.
 */
export type Capability =
  | "versions"
  | "stamps"
  | "siblings"
  | "inspection"
  | "evidence"
  | "processes"
  | "quorums"
  | "repair";

export interface KnownRun extends RunEvent {
  readonly versions: VersionKind;
  /**
   * The fields `n`, `r`, `w`, `preference` and `repair` have meaningless values if the fact is unknown. A checker that
   * uses one lists `quorums` or `repair` in its `needs`, or asks `has`.
   */
  readonly n: number;
  readonly r: number;
  readonly w: number;
  readonly preference: NonNullable<RunEvent["preference"]>;
  readonly repair: RepairFacts;
  readonly has: ReadonlySet<Capability>;
}

/**
 * @returns The run event with values for `n`, `r`, `w`, `preference` and `repair` even if they are unknown, and with
 * the capabilities of the run.
 */
export function knownRun(run: RunEvent): KnownRun {
  const { versions, inspection, evidence, processes } = run.capabilities;
  const has = new Set<Capability>();
  if (versions !== "none") has.add("versions").add(versions);
  if (inspection) has.add("inspection");
  if (evidence) has.add("evidence");
  if (processes === true) has.add("processes");
  if (run.preference !== undefined) has.add("quorums");
  if (run.repair !== undefined) has.add("repair");
  return {
    ...run,
    versions,
    n: run.n ?? run.nodes.length,
    r: run.r ?? 1,
    w: run.w ?? 1,
    preference: run.preference ?? {},
    repair: run.repair ?? { read: "off", antiEntropy: false },
    has,
  };
}
