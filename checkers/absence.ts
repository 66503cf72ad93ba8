/** What a read that found nothing shows, where tombstones go in time: that of some delete had gone. */
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { VersionName } from "./history.ts";

/** Last write wins: the largest stamp that the read may stand for. "any": a delete of unknown version may be behind it. undefined: none can. */
export function absenceOf({ run, keys, writers }: Model, read: Operation): VersionName | "any" | undefined {
  if (run.deletes === undefined || read.versions.length > 0) return undefined;
  let largest: VersionName | undefined;
  for (const operation of keys.get(read.key) ?? []) {
    if (operation.f !== "delete" || operation.outcome === "fail" || operation.startUs > read.endUs) continue;
    const version = writers(read.key).versionOf(operation);
    if (version === undefined) return "any";
    if (largest === undefined || version > largest) largest = version;
  }
  return largest;
}
