/**
 * What Garage promises of K2V. Each promise names its place in the documentation
 * (garagehq.deuxfleurs.fr/documentation/…), unless every store must keep it.
 */
import { type GarageSettings, quorumsOf } from "./settings.ts";

export interface GaragePlan {
  readonly workload: "siblings" | "set";
  readonly losesPower: boolean;
  /** The number of nodes whose disks may lose synced data. */
  readonly damagedNodes: number;
}

export interface Promised {
  readonly name: string;
  readonly source: string;
}

const spec =
  "K2V API specification, DVVS: a write supersedes the values that its token has seen; all other values stay side by side";
const consistent =
  "reference-manual/configuration, consistency_mode: consistent gives read-after-write, degraded and dangerous do not";
const monotonic =
  "reference-manual/k2v, x-garage-non-monotonic-read: reads are monotonic by default";
const durability =
  "reference-manual/configuration, metadata_fsync: metadata is synced before the answer";
const recovery =
  "operations/durability-repairs: a table synchronization restores what a node lacks";
const always = "no store may return values that were never written";

const replicas = 3;

/** Returns the promises under these settings and this plan. */
export const promised = (settings: GarageSettings, plan: GaragePlan): readonly Promised[] => {
  const { r, w } = quorumsOf(settings);
  const meet = r + w - plan.damagedNodes > replicas;
  const durable =
    w - plan.damagedNodes >= 1 && (!plan.losesPower || settings.metadataFsync) && settings.repair;
  const names: Promised[] = [];
  const promise = (condition: boolean, source: string, ...more: readonly string[]): void => {
    if (condition) names.push(...more.map((name) => ({ name, source })));
  };
  if (plan.workload === "set") {
    promise(true, always, "set-no-thin-air");
    promise(durable, durability, "set-complete");
    promise(meet, consistent, "set-fresh");
    return names;
  }
  promise(true, always, "no-thin-air", "no-aborted-read", "siblings-1");
  promise(plan.damagedNodes === 0, spec, "siblings-3", "siblings-5", "siblings-7");
  promise(meet, consistent, "siblings-2", "siblings-4", "read-your-writes");
  promise(meet && settings.monotonicReads, monotonic, "monotonic-reads");
  promise(durable, durability, "durable");
  promise(settings.repair && plan.damagedNodes === 0, recovery, "converged");
  return names;
};
