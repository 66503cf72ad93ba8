/** What took a lost write from the replicas, as the evidence shows it. Explains only: no verdict rests on it. */
import { covers } from "./versions.ts";
import { supersededOf } from "./superseded.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";

/**
 * Siblings: the first operation that sent the replicas a context which covers the write's version, without that version, though it had not
 * superseded the write: who stores that drops the write. Undefined where the evidence shows none.
 */
export function buriedBy(model: Model, write: Operation): Operation | undefined {
  const version = model.writers(write.key).versionOf(write);
  if (model.run.versions !== "siblings" || version === undefined) return undefined;
  const superseded = supersededOf(model, write.key, "perhaps");
  const burials = (model.keys.get(write.key) ?? []).flatMap((by) => {
    if (by.f === "read" || by === write || superseded.by(by, write)) return [];
    const request = (model.evidence.storeRequests.get(by.op) ?? []).find(({ cause, versions, context, atUs }) => cause === "write" && atUs >= write.startUs && !versions.includes(version) && covers(context, version));
    return request === undefined ? [] : [{ by, atUs: request.atUs }];
  });
  return burials.sort((a, b) => a.atUs - b.atUs)[0]?.by;
}
