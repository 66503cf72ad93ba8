/**
 * Documented edge cases of quorums and membership changes for the bundled store. A new scenario needs its own file and
 * a line here.
 */
import type { Scenario } from "../../../scenario/scenario.ts";
import { concurrentRead } from "./concurrent-read.ts";
import { concurrentWrites } from "./concurrent-writes.ts";
import { fiveThreeSeven } from "./five-three-seven.ts";
import { hintForLeaver } from "./hint-for-leaver.ts";
import { inversion } from "./inversion.ts";
import { olderCopy } from "./older-copy.ts";
import { partialWrite } from "./partial-write.ts";
import { reducedDurability } from "./reduced-durability.ts";
import { replacedLastCopy } from "./replaced-last-copy.ts";
import { sloppyQuorum } from "./sloppy-quorum.ts";
import { streamedResurrection } from "./streamed-resurrection.ts";
import { writeDuringJoin } from "./write-during-join.ts";

export const scenarios: readonly Scenario[] = [
  sloppyQuorum,
  concurrentWrites,
  concurrentRead,
  partialWrite,
  olderCopy,
  inversion,
  reducedDurability,
  writeDuringJoin,
  hintForLeaver,
  streamedResurrection,
  replacedLastCopy,
  fiveThreeSeven,
];
