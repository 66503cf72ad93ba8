/** The documented edge cases of quorums. One more: its file in list/, and its line here. */
import { concurrentRead } from "./list/concurrent-read.ts";
import { concurrentWrites } from "./list/concurrent-writes.ts";
import { inversion } from "./list/inversion.ts";
import { olderCopy } from "./list/older-copy.ts";
import { partialWrite } from "./list/partial-write.ts";
import { reducedDurability } from "./list/reduced-durability.ts";
import { sloppyQuorum } from "./list/sloppy-quorum.ts";
import type { Scenario } from "./scenario.ts";

export { type CaseResult, mostTries, runScenario, type ScenarioResult } from "./run.ts";
export type { Case, Finding, Scenario } from "./scenario.ts";

export const scenarios: readonly Scenario[] = [
  sloppyQuorum,
  concurrentWrites,
  concurrentRead,
  partialWrite,
  olderCopy,
  inversion,
  reducedDurability,
];
