/** The digest by which `merge` decides whether two shards belong to one campaign. */
import { createHash } from "node:crypto";
import { version } from "../version.ts";
import type { CampaignOptions } from "./options.ts";
import { wishesOf } from "./pool.ts";

/**
 * A digest of what the user asked for that decides the campaign's histories and verdicts. It does not depend on the
 * output folder or the number of threads.
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

/** A copy whose fields are sorted by name, so that its JSON does not depend on the order in which they were added. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
