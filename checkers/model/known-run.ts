/** The first event with a value for each optional fact, so that checkers need not test for absence. */
import type { RepairFacts, RunEvent, VersionKind } from "../language/history.ts";

/**
 * What a checker may need. `versions`: stamps or siblings. `stamps`: ordered versions. `quorums`: n, r, w and each
 * key's replicas are known. `repair`: the repair mechanisms are known.
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
   * From here on, the value of an unknown fact is meaningless. A checker that reads one of these needs `quorums` or
   * `repair`.
   */
  readonly n: number;
  readonly r: number;
  readonly w: number;
  readonly preference: NonNullable<RunEvent["preference"]>;
  readonly repair: RepairFacts;
  readonly has: ReadonlySet<Capability>;
}

/** @returns The run event with its facts filled in, and with the set of capabilities that it has. */
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
