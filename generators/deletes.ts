/** What becomes of tombstones in a plan that deletes. */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import { integer, weighted } from "./draw.ts";
import type { SwarmSetting } from "./options.ts";
import type { PlannedOperation } from "./plan.ts";

/** Grace times within a history, and others that outlive all its faults; what is reaped is soon forgotten, or never. */
export function drawDeletes(
  random: Random,
  base: StoreSettings,
  operations: readonly PlannedOperation[],
  open: readonly SwarmSetting[],
): StoreSettings {
  if (!open.includes("deletes") || operations.every(({ f }) => f !== "delete")) return base;
  const deletes = weighted(random, [
    ["keep", 3],
    ["grace", 3],
    ["reap", 3],
    ["physical", 1],
  ] as const);
  switch (deletes) {
    case "keep":
    case "physical":
      return { ...base, deletes };
    case "grace":
      return {
        ...base,
        deletes,
        graceMs: weighted(random, [
          [integer(random, 50, 500), 2],
          [integer(random, 500, 5000), 1],
          [integer(random, 30_000, 60_000), 2],
        ]),
      };
    case "reap":
      return {
        ...base,
        deletes,
        graceMs: integer(random, 20, 300),
        reapedMs: weighted(random, [
          [integer(random, 0, 1000), 1],
          [base.reapedMs, 2],
        ]),
      };
  }
}
