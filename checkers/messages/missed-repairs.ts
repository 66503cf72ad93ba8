/**
 * Reads that saw replicas differ and did not repair them, or that were answered before their repairs were confirmed. No
 * verdict uses this.
 */
import { containsVersion } from "../evidence/contains.ts";
import { positionOf } from "../evidence/position.ts";
import { brief, milliseconds } from "./operation-messages.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, NodeName, VersionName } from "../language/history.ts";

/**
 * A sentence about the last read that got the version or a newer one from one replica, got neither from the replica
 * `lacking`, and sent no repair to `lacking`.
 */
export function readWithoutRepair(
  model: Model,
  key: Key,
  version: VersionName,
  lacking: NodeName,
): string[] {
  const { run, evidence } = model;
  if (run.repair.read === "off") return [];
  const repaired = new Set(
    evidence.repairs(key).flatMap(({ peer, trace }) => (peer === lacking ? [trace] : [])),
  );
  for (const read of [...(model.keys.get(key) ?? [])].reverse()) {
    if (read.f !== "read" || repaired.has(read.op)) continue;
    const replies = evidence.readReplies(read.op);
    const has = (state: (typeof replies)[number]): boolean =>
      containsVersion(run.versions, state, version);
    const without = replies.find((reply) => reply.peer === lacking && !has(reply));
    const holder = replies.find((reply) => reply.peer !== lacking && has(reply));
    if (without === undefined || holder === undefined) continue;
    return [
      `${brief(read)} got ${versionsByWriter(model, key, holder.versions)} from ${holder.peer} and ${versionsByWriter(model, key, without.versions)} from ${lacking} by ${milliseconds(Math.max(holder.atUs, without.atUs))}, and ${without.node} sent ${lacking} no repair`,
    ];
  }
  return [];
}

/**
 * A sentence for each repair that a read sent and that was not confirmed before the read was answered. Empty unless the
 * store promises that a read waits for its repairs.
 */
export function repairsNotAwaited(model: Model, read: Operation): string[] {
  const { run, evidence } = model;
  if (run.repair.read !== "blocking" || read.f !== "read") return [];
  const answer = evidence.answers.get(read.op)?.find(({ frame }) => frame === "client-read-ok");
  if (answer === undefined) return [];
  return evidence
    .repairs(read.key)
    .filter(({ trace, cause }) => trace === read.op && cause === "read-repair")
    .filter(
      (repair) =>
        !evidence.repliesTo(repair).some((reply) => positionOf(reply) < positionOf(answer)),
    )
    .map(
      ({ peer, atUs }) =>
        `${brief(read)} was answered at ${milliseconds(answer.atUs)}, before ${peer} had confirmed the read-repair that was sent at ${milliseconds(atUs)}`,
    );
}
