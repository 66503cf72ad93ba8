/**
 * The plan of a half-done write. Two of three replicas have the write, and the link between the write's coordinator and
 * the remaining replica is cut. W is 3, so the write is under way until the cut heals. R is 1, so each replica answers
 * alone.
 */
import type { Plan } from "../../../../generators/index.ts";
import type { StoreSettings } from "../../../../store/index.ts";
import { apart, preferred } from "./places.ts";
import { planOf, settingsOf } from "./plan-of.ts";

/** The indices of the operations in `halfWrittenPlan`. */
export const halfWritten = {
  write: 0,
  readWhereItIs: 1,
  readWhereItIsNot: 2,
  readAfter: 3,
} as const;

export function halfWrittenPlan(changes: Partial<StoreSettings>): Plan {
  // Because of the long times, the cut link is not given up: waiting messages arrive once the cut heals, and the write
  // is acknowledged.
  const settings = { w: 3, r: 1, requestTimeoutMs: 8000, silenceMs: 20_000, ...changes };
  const { replicas } = preferred(settingsOf(settings));
  const [first = 0, second = 0, third = 0] = replicas;
  const operations = [
    { client: 0, afterMs: 1500, node: first, f: "write", key: 0 },
    { client: 1, afterMs: 1900, node: third, f: "read", key: 0 },
    { client: 2, afterMs: 2300, node: second, f: "read", key: 0 },
    { client: 3, afterMs: 9500, node: second, f: "read", key: 0 },
  ] as const;
  return planOf({
    settings,
    clients: 4,
    operations,
    faults: [{ atMs: 300, durationMs: 2700, fault: apart(first, third) }],
  });
}
