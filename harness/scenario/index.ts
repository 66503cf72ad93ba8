/** The documented edge cases of quorums. One more: its file in list/, and its line here. */
import { concurrentRead } from "../targets/bundled/scenarios/concurrent-read.ts";
import { concurrentWrites } from "../targets/bundled/scenarios/concurrent-writes.ts";
import { inversion } from "../targets/bundled/scenarios/inversion.ts";
import { olderCopy } from "../targets/bundled/scenarios/older-copy.ts";
import { partialWrite } from "../targets/bundled/scenarios/partial-write.ts";
import { reducedDurability } from "../targets/bundled/scenarios/reduced-durability.ts";
import { sloppyQuorum } from "../targets/bundled/scenarios/sloppy-quorum.ts";
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
