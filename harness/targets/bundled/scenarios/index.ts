/** The documented edge cases of quorums, as the bundled store shows them. One more: its file, and its line here. */
import type { Scenario } from "../../../scenario/scenario.ts";
import { concurrentRead } from "./concurrent-read.ts";
import { concurrentWrites } from "./concurrent-writes.ts";
import { inversion } from "./inversion.ts";
import { olderCopy } from "./older-copy.ts";
import { partialWrite } from "./partial-write.ts";
import { reducedDurability } from "./reduced-durability.ts";
import { sloppyQuorum } from "./sloppy-quorum.ts";

export const scenarios: readonly Scenario[] = [
  sloppyQuorum,
  concurrentWrites,
  concurrentRead,
  partialWrite,
  olderCopy,
  inversion,
  reducedDurability,
];
