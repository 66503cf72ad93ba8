/** no-failed-effect: a write that was answered with a definite error is never read, held by a replica or made durable. */
import { conclude } from "./judgement.ts";
import { brief, milliseconds, named } from "./words.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Anomaly, Judgement } from "./index.ts";

export function noFailedEffect(model: Model): Judgement {
  const failed = model.operations.filter((operation) => operation.f !== "read" && operation.outcome === "fail");
  const anomalies = failed.flatMap((write) => effectOf(model, write) ?? []);
  // Where nothing failed, every read that returned something of a known write was judged: it did not come from a failed one.
  const reads = model.operations.filter((operation) => operation.f === "read" && operation.outcome === "ok").length;
  return conclude({ anomalies, judged: failed.length + reads, measurements: { definiteErrors: failed.length } });
}

function effectOf(model: Model, write: Operation): Anomaly | null {
  const writers = model.writers(write.key);
  const rejected = `${named(write)} was refused with ${write.code ?? "an error"}, which is definite`;
  const anomaly = (explanation: string, operations: readonly number[], atUs: number): Anomaly => ({
    guarantee: "no-failed-effect", explanation, operations, key: write.key, atUs,
  });

  for (const read of model.keys.get(write.key) ?? []) {
    if (read.f !== "read" || read.outcome !== "ok") continue;
    if (read.versions.some((versioned) => writers.of(versioned) === write)) {
      return anomaly(`${rejected}, but ${named(read)} returned ${brief(write)}`, [write.op, read.op], read.endUs);
    }
  }
  for (const { node, atUs, state } of model.inspections) {
    if (state[write.key]?.versions.some((versioned) => writers.of(versioned) === write)) {
      return anomaly(`${rejected}, but replica ${node} held ${brief(write)} at ${milliseconds(atUs)}`, [write.op], atUs);
    }
  }
  const request = model.evidence.storeRequests.get(write.op)?.find(({ cause }) => cause === "write");
  const version = writers.versionOf(write);
  if (request !== undefined && version !== undefined) {
    const node = model.run.nodes.find((name) => model.evidence.syncs.named(name, write.key, version));
    if (node !== undefined) return anomaly(`${rejected}, but replica ${node} made ${brief(write)} durable`, [write.op], write.endUs);
  }
  return null;
}
