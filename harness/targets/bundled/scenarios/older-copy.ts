import type { PlannedFault } from "../../../../generators/index.ts";
import type { StoreSettings } from "../../../../store/index.ts";
import { cutOff, killed, restored } from "./places.ts";
import {
  milliseconds,
  named,
  returns,
  type Case,
  type Scenario,
} from "../../../scenario/scenario.ts";
import { planOf } from "./plan-of.ts";

const operations = [
  { client: 0, afterMs: 1800, node: 0, f: "write", key: 0 },
  { client: 1, afterMs: 10_500, node: 2, f: "read", key: 0 },
] as const;

/**
 * A replica that stored the write continues with an older copy of its disk. Then another replica with the write becomes
 * unreachable.
 */
const setBack: readonly PlannedFault[] = [
  { atMs: 4500, durationMs: 300, fault: restored(0, 300) },
  { atMs: 8000, durationMs: 4000, fault: cutOff([1]) },
];

function caseOf(
  setting: string,
  allowed: boolean,
  changes: Partial<StoreSettings>,
  faults: readonly PlannedFault[],
): Case {
  return {
    setting,
    allowed,
    plan: planOf({ settings: changes, clients: 2, operations, faults }),
    find(history) {
      const write = history.operation(0);
      const read = history.operation(1);
      if (write.outcome !== "ok" || read.outcome !== "ok") return null;
      return {
        happened: !returns(read, "v0"),
        what: `${named(write)}, then n1 was restored from a copy of its disk made before that write, and ${milliseconds(read.startUs - write.endUs)} later ${named(read)}`,
      };
    },
  };
}

export const olderCopy: Scenario = {
  name: "older-copy",
  about:
    "A replica that holds a write is restored from an older copy: then fewer than W replicas hold the write, and a read quorum can miss it.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Limitations of Quorum Consistency",
  cases: [
    caseOf("R + W − 1 ≤ N", true, {}, [
      { atMs: 300, durationMs: 2700, fault: killed(2) },
      ...setBack,
    ]),
    caseOf("R + W − 1 > N (W = 3)", false, { w: 3 }, setBack),
  ],
};
