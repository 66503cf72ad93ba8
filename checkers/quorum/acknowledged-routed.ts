/**
 * Judges acknowledged operations if clients send requests to the replicas themselves, so that no node sees the quorum.
 * A write: before the client got its answer, W distinct replicas confirmed the write after their own sync of it (with a
 * periodic log: just confirmed it). A read: it returned the merge of replies from at least R distinct replicas, each
 * sent after the read began.
 */
import { positionOf, startOfBoot } from "../evidence/position.ts";
import { merge, sameVersions } from "../language/versions.ts";
import { milliseconds, named, onlyOf, replicaCount } from "../messages/operation-messages.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import { type Finding, unknown } from "./finding.ts";
import type { ReadReply } from "../evidence/evidence-index.ts";
import type { NodeName } from "../language/history.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

export function routedFinding(model: Model, operation: Operation): Finding {
  const replicas = model.run.preference[operation.key];
  if (replicas === undefined)
    return unknown(operation, `the preference list of ${operation.key} is not known`);
  return operation.f === "read"
    ? routedRead(model, operation, replicas)
    : routedWrite(model, operation, replicas);
}

function routedWrite(
  { evidence, run }: Model,
  write: Operation,
  replicas: readonly NodeName[],
): Finding {
  const version = write.versions[0]?.version;
  if (version === undefined) return unknown(write, "the version of the write is not known");
  const needed = Math.max(write.w ?? run.w, write.pw ?? 0, write.dw ?? 0, 1);
  const needsSync = run.sync !== "periodic" || (write.dw ?? 0) > 0;
  // The replica that gave the write its version sends the client an answer instead of a confirmation.
  const replies = [
    ...(evidence.confirmedFor.get(write.op) ?? []),
    ...(evidence.answers.get(write.op) ?? []),
  ].filter(({ node, atUs }) => replicas.includes(node) && atUs <= write.endUs);
  const holders = new Set<NodeName>();
  for (const reply of replies) {
    const sync = needsSync
      ? evidence.syncs.first(run.versions, reply.node, write.key, version)
      : undefined;
    if (!needsSync || (sync !== undefined && positionOf(sync) < positionOf(reply)))
      holders.add(reply.node);
  }
  if (holders.size >= needed) return { finding: "held" };
  const missing = replicas.filter((node) => !holders.has(node));
  if (!areComplete({ evidence }, missing))
    return unknown(write, "evidence of the key's replicas is missing");
  return {
    finding: "broken",
    explanation: `${named(write)} was acknowledged at ${milliseconds(write.endUs)} as ${needsSync ? "durable" : "stored"} on ${replicaCount(needed)}, but by then ${onlyOf(holders.size)} of ${replicas.join(", ")} had confirmed the write${needsSync ? " after storing it durably" : ""}`,
    because: missing.map(
      (node) =>
        `${node} had not confirmed the write${needsSync ? " after a sync of that write" : ""}`,
    ),
  };
}

function routedRead(model: Model, read: Operation, replicas: readonly NodeName[]): Finding {
  const { evidence, run } = model;
  const needed = Math.max(read.r ?? run.r, read.pr ?? 0);
  const first = new Map<NodeName, ReadReply>();
  for (const reply of evidence.toldFor.get(read.op) ?? []) {
    if (
      replicas.includes(reply.node) &&
      reply.atUs >= read.startUs &&
      reply.atUs <= read.endUs &&
      !first.has(reply.node)
    )
      first.set(reply.node, reply);
  }
  const replies = [...first.values()];
  const returned = {
    versions: read.versions.map(({ version }) => version),
    ...(read.context === undefined ? {} : { context: read.context }),
  };
  if (
    subsetsOf(replies).some(
      (counted) => counted.length >= needed && sameVersions(returned, merge(run.versions, counted)),
    )
  )
    return { finding: "held" };
  if (!areComplete(model, replicas))
    return unknown(read, "evidence of the key's replicas is missing");
  return {
    finding: "broken",
    explanation:
      replies.length < needed
        ? `${named(read)} was answered at ${milliseconds(read.endUs)} as if ${replicaCount(needed)} had replied, but ${onlyOf(replies.length)} had replied by then`
        : `${named(read)} returned ${versionsByWriter(model, read.key, returned.versions)}, but no ${needed} or more of its ${replies.length} replies merge to that`,
    because: replies.map(
      (reply) =>
        `${reply.node} answered with ${versionsByWriter(model, reply.key, reply.versions)} at ${milliseconds(reply.atUs)}`,
    ),
  };
}

/**
 * All subsets of the items. Any subset of the replies may be the one that the client counted, since no node knows in
 * which order replies reached the client.
 */
function subsetsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]],
  );
}

function areComplete({ evidence }: Pick<Model, "evidence">, nodes: readonly NodeName[]): boolean {
  return nodes.every((node) =>
    evidence.complete(node, startOfBoot(0), startOfBoot(evidence.lastBoot(node) + 1)),
  );
}
