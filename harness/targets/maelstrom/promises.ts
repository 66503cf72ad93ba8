/**
 * What nodes promise, as far as the plan's faults and the settings allow it. For Maelstrom's workloads, this is what
 * its doc/workloads.md says.
 */
import type { GuaranteeName } from "../../../checkers/index.ts";
import type { Effect } from "../../../generators/index.ts";
import { type MaelstromWorkload, isMaelstromWorkload } from "./requests/registry.ts";
import type { Consistency, MaelstromSettings } from "./settings.ts";

export function promised(
  { consistency, durable, succeedPercent }: MaelstromSettings,
  workload: string,
  effects: readonly Effect[],
): readonly GuaranteeName[] {
  const isWhole = !effects.some(
    ({ effect }) =>
      effect === "unknown" || effect === "data-lost" || (effect === "node-down" && !durable),
  );
  if (!isMaelstromWorkload(workload)) return [];
  return [
    ...(succeedPercent > 0 ? (["success-rate"] as const) : []),
    ...always(workload),
    ...(isWhole ? whole(workload, consistency) : []),
  ];
}

/** Returns the promises that hold under every fault. */
function always(workload: MaelstromWorkload): readonly GuaranteeName[] {
  switch (workload) {
    case "echo":
      return ["echo"];
    case "unique-ids":
      return ["unique-ids"];
    case "broadcast":
    case "g-set":
      return ["set-no-thin-air"];
    case "register":
      return ["no-thin-air", "no-aborted-read"];
    case "siblings":
      return ["no-thin-air", "no-aborted-read", "siblings-1"];
    case "g-counter":
    case "pn-counter":
    case "lin-kv":
    case "txn-list-append":
    case "txn-rw-register":
    case "kafka":
      return [];
  }
}

/** Returns the promises that hold as long as no node has lost what it had acknowledged. */
function whole(workload: MaelstromWorkload, consistency: Consistency): readonly GuaranteeName[] {
  if (consistency === "none") return [];
  switch (workload) {
    case "echo":
    case "unique-ids":
      return [];
    case "broadcast":
    case "g-set":
      return ["set-complete"];
    case "g-counter":
    case "pn-counter":
      return ["counter-complete"];
    case "kafka":
      return ["log"];
    case "lin-kv":
      return ["linearizable"];
    case "txn-list-append":
    case "txn-rw-register":
      return [levelOf(consistency)];
    case "register":
      return registerPromises(consistency);
    case "siblings":
      return consistency === "eventual"
        ? ["siblings-3", "siblings-5", "siblings-7"]
        : [
            "siblings-2",
            "siblings-3",
            "siblings-4",
            "siblings-5",
            "siblings-7",
            "read-your-writes",
          ];
  }
}

function levelOf(consistency: Consistency): GuaranteeName {
  switch (consistency) {
    case "read-committed":
    case "read-atomic":
    case "snapshot-isolation":
    case "serializable":
      return consistency;
    default:
      return "strict-serializable";
  }
}

function registerPromises(consistency: Consistency): readonly GuaranteeName[] {
  switch (consistency) {
    case "eventual":
      return ["durable"];
    case "regular":
      return ["durable", "regular", "read-your-writes"];
    default:
      return ["durable", "regular", "linearizable", "read-your-writes", "monotonic-reads"];
  }
}
