/** no-phantom: no read returns a value that was never written, or whose write was not yet invoked when the read ended. */
import { conclude } from "./judgement.ts";
import { brief, milliseconds, named, valueName } from "./words.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Writers } from "./writers.ts";
import type { Anomaly, GuaranteeName, Judgement, VersionedValue } from "./index.ts";

export function noPhantom(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const writers = model.writers(key);
    for (const read of operations) {
      if (read.f !== "read" || read.outcome !== "ok") continue;
      judged++;
      for (const versioned of read.versions) {
        const anomaly = phantom("no-phantom", writers, read, versioned);
        if (anomaly !== null) anomalies.push(anomaly);
      }
    }
  }
  return conclude({ anomalies, judged });
}

/** The proof that what a read returned cannot have been written before the read ended, or null. */
export function phantom(guarantee: GuaranteeName, writers: Writers, read: Operation, versioned: VersionedValue): Anomaly | null {
  const writer = writers.of(versioned);
  const at = { guarantee, key: read.key, atUs: read.endUs };
  const what = `${named(read)} returned ${valueName(versioned.value)} (${versioned.version})`;
  if (writer === undefined) {
    if (versioned.value === null && writers.anonymousDeletes.some((candidate) => candidate.startUs <= read.endUs)) return null;
    return { ...at, explanation: `${what}, which no operation had written`, operations: [read.op] };
  }
  if (writer.startUs <= read.endUs) return null;
  const early = milliseconds(writer.startUs - read.endUs);
  return { ...at, explanation: `${what}, although ${brief(writer)} was invoked only ${early} after the read ended`, operations: [writer.op, read.op] };
}
