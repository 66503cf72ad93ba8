/** What makes two shards parts of one campaign. */
import { createHash } from "node:crypto";
import { version } from "../version.ts";
import type { CampaignOptions } from "./options.ts";
import { wishesOf } from "./pool.ts";

/**
 * A digest of all that decides what a campaign's histories are and how they are judged. Not of where it writes or how
 * many threads it has.
 */
export function campaignId({
  cluster,
  seed,
  histories,
  plans,
  evidence,
  search,
  tolerateUnknown,
}: CampaignOptions): string {
  const { name, version: ofTarget } = cluster.target;
  const asked = {
    version,
    target: [name, ofTarget],
    on: cluster.platform,
    seed,
    histories: Number.isFinite(histories) ? histories : null,
    plans: wishesOf(plans),
    kinds: plans.kinds === undefined ? null : namesOf(plans.kinds),
    evidence,
    search: search ?? "random",
    tolerateUnknown,
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(asked)))
    .digest("hex");
}

const namesOf = (kinds: NonNullable<CampaignOptions["plans"]["kinds"]>): unknown => ({
  faults: [...kinds.faults.keys()],
  workloads: [...kinds.workloads.keys()],
  checkers: kinds.checkers.map(({ name }) => name),
});

/** The same text whatever the order in which fields were set. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
