import type { StoreSettings } from "../../../../store/index.ts";
import { killed, wiped } from "./places.ts";
import { named, type Case, type Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan-of.ts";

/**
 * Makes a case in which one replica misses a write. When this replica is back, the others lose their disks, one after
 * the other, without a read of the key in between.
 */
function caseOf(setting: string, allowed: boolean, changes: Partial<StoreSettings>): Case {
  return {
    setting,
    allowed,
    plan: planOf({
      settings: changes,
      clients: 2,
      keys: 2,
      operations: [
        { client: 0, afterMs: 1800, node: 0, f: "write", key: 0 },
        // This read of another key only prolongs the history, which ends with its last operation.
        { client: 1, afterMs: 12_500, node: 2, f: "read", key: 1 },
      ],
      faults: [
        { atMs: 300, durationMs: 2700, fault: killed(2) },
        { atMs: 6500, durationMs: 300, fault: wiped(0) },
        { atMs: 10_500, durationMs: 300, fault: wiped(1) },
      ],
    }),
    find(history) {
      const write = history.operation(0);
      if (write.outcome !== "ok") return null;
      const isThere = history.heldAtTheEnd("k0").includes("v0");
      return {
        happened: !isThere,
        what: `${named(write)} while n3 was down, n1 and n2 lost their disks one after the other, and at the end ${isThere ? "the replicas hold v0" : "no replica holds v0"}`,
      };
    },
  };
}

export const reducedDurability: Scenario = {
  name: "reduced-durability",
  about:
    "Without anti-entropy a value that is rarely read stays on too few replicas until those replicas are lost.",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), chapter 5, Read repair and anti-entropy",
  cases: [
    caseOf("read repair alone", true, { readRepair: "async" }),
    caseOf("anti-entropy", false, {
      readRepair: "async",
      antiEntropy: true,
      antiEntropyIntervalMs: 200,
    }),
  ],
};
