/** What the evidence says of the cause of an anomaly, a sentence each. Explains only: no verdict rests on it. */
import { touches } from "./faults.ts";
import { brief, milliseconds, versionsByWriter } from "./words.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, VersionName } from "./history.ts";

/** Faults that held at some time in [fromUs, toUs] on a replica of the key. */
export function faultsOver(model: Model, key: Key, fromUs: number, toUs: number): string[] {
  return model.faults
    .filter((fault) => fault.fromUs <= toUs && fault.toUs >= fromUs && touches(model.run, fault, key))
    .map((fault) => {
      const until = fault.toUs === Infinity ? "was never healed" : `was healed at ${milliseconds(fault.toUs)}`;
      return `fault ${fault.fault} (${fault.kind} of ${[...fault.nodes].join(", ")}) began at ${milliseconds(fault.fromUs)} and ${until}`;
    });
}

/** Which replicas had the write, or a newer one, durable only after `atUs`, or never. */
export function replicasBehind(model: Model, write: Operation, version: VersionName | undefined, atUs: number): string[] {
  const { run, evidence } = model;
  if (!run.evidence || version === undefined) return [];
  const sentences: string[] = [];
  for (const node of run.preference[write.key] ?? []) {
    const sync = evidence.syncs.first(run.versions, node, write.key, version);
    if (sync === undefined) sentences.push(`${node} never had ${brief(write)} durable`);
    else if (sync.atUs > atUs) sentences.push(`${node} had ${brief(write)} or what is newer durable only ${milliseconds(sync.atUs - atUs)} later`);
  }
  return sentences;
}

/** What each replica answered to a read, as it was sent. */
export function repliesOf(model: Model, read: Operation): string[] {
  return (model.evidence.readRequests.get(read.op) ?? []).flatMap((request) =>
    model.evidence.repliesTo(request).flatMap((reply) =>
      reply.frame === "replica-read-ok" ? [`${reply.peer} answered ${brief(read)} with ${versionsByWriter(reply.versions, model.writers(reply.key))}`] : [],
    ),
  );
}
