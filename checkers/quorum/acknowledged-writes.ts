/**
 * Judges writes under `acknowledged`: when the client got its answer, W distinct replicas of the key must have had the
 * write durable. Periodic logs, sloppy quorums, W = 0, PW and DW change what counts (`Claim`).
 */
import {
  allOf,
  anyOf,
  milliseconds,
  named,
  onlyOf,
  replicaCount,
} from "../messages/operation-messages.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import { sameVersion } from "../messages/ties.ts";
import { positionOf, startOfBoot } from "../evidence/position.ts";
import type { ClientAnswer, StoreReply, StoreRequest } from "../evidence/evidence-index.ts";
import { type Finding, unknown, holdsByOne, allHold } from "./finding.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { NodeName, Placement, SyncEvent, VersionName } from "../language/history.ts";

/**
 * Whether a replica's confirmation counts (`durable`). If it does not: whether the evidence proves that (`proved`), and
 * why.
 */
type Worth =
  | { readonly durable: true }
  | { readonly durable: false; readonly proved: boolean; readonly reason: string };

/** One of the things that an acknowledgement claims: at least `needed` nodes hold the write. */
interface Claim {
  readonly needed: number;
  /** True: only the key's own replicas count. False: a fallback node with a hint for a replica counts too. */
  readonly primariesOnly: boolean;
  /**
   * True: a confirmation counts only if it followed the node's own sync. False: any confirmation counts, since a
   * periodic log promises only that the write was applied.
   */
  readonly synced: boolean;
}

/**
 * Judges one acknowledged write. During a membership change, its claims must hold for one of the rings that a
 * coordinator used during the write, and there for every placement of writes. The coordinator is the node that asked
 * the replicas. The client's node may have forwarded the write to a coordinator that used another ring.
 */
export function writeFinding(model: Model, write: Operation): Finding {
  const { evidence, rings } = model;
  const answer = evidence.answers.get(write.op)?.find(({ frame }) => frame === "client-write-ok");
  if (answer === undefined || !rings.changed)
    return ringFinding(model, write, [placementOf(model)]);
  const asked = (evidence.storeRequests.get(write.op) ?? []).filter(
    ({ cause }) => cause === "write",
  );
  const coordinators = new Set(asked.length === 0 ? [answer.node] : asked.map(({ node }) => node));
  return holdsByOne(
    write,
    [...coordinators]
      .flatMap((node) => rings.of(node, write.startUs, answer.atUs))
      .map(({ writes }) => ringFinding(model, write, writes)),
  );
}

const placementOf = ({ run: { n, r, w, preference } }: Model): Placement => ({
  n,
  r,
  w,
  preference,
});

/** Judges the write for one ring: the write's claims must hold for each of the ring's placements. */
function ringFinding(model: Model, write: Operation, placements: readonly Placement[]): Finding {
  return allHold(placements.map((placement) => placementFinding(model, write, placement)));
}

function placementFinding(model: Model, write: Operation, placement: Placement): Finding {
  const { evidence } = model;
  const replicas = placement.preference[write.key];
  const version = write.versions[0]?.version;
  const answer = evidence.answers.get(write.op)?.find(({ frame }) => frame === "client-write-ok");
  if (replicas === undefined)
    return unknown(write, `the preference list of ${write.key} is not known`);
  if (version === undefined) return unknown(write, "the version of the write is not known");
  if (answer === undefined) return unknown(write, "no node recorded an answer to the client");
  return allHold(
    claimsOf(model, write, { w: placement.w, answer, version }).map((claim) =>
      claimFinding(model, write, { claim, replicas, version, answer }),
    ),
  );
}

function claimsOf(
  model: Model,
  write: Operation,
  {
    w: byDefault,
    answer,
    version,
  }: { readonly w: number; readonly answer: ClientAnswer; readonly version: VersionName },
): readonly Claim[] {
  const { run } = model;
  const synced = run.sync !== "periodic";
  const w = write.w ?? byDefault;
  const claims: Claim[] = [];
  if (w > 0) claims.push({ needed: w, primariesOnly: false, synced });
  // W = 0 means ANY: one replica is enough, and so is one hint on any node.
  else if (!hintIsKept(model, write, answer, version))
    claims.push({ needed: 1, primariesOnly: false, synced });
  if (write.pw !== undefined) claims.push({ needed: write.pw, primariesOnly: true, synced });
  if (write.dw !== undefined) claims.push({ needed: write.dw, primariesOnly: false, synced: true });
  return claims;
}

/**
 * Whether some node had synced a hint of the write when the client got the answer. Always true with a periodic log: the
 * hint need not be synced there, so that a missing sync proves nothing.
 */
function hintIsKept(
  { evidence, run }: Model,
  write: Operation,
  answer: ClientAnswer,
  version: VersionName,
): boolean {
  return (
    run.sync === "periodic" ||
    run.nodes.some(
      (node) =>
        (evidence.hintSyncs.first(run.versions, node, write.key, version)?.atUs ?? Infinity) <=
        answer.atUs,
    )
  );
}

interface Claimed {
  readonly claim: Claim;
  readonly replicas: readonly NodeName[];
  readonly version: VersionName;
  readonly answer: ClientAnswer;
}

function claimFinding(
  model: Model,
  write: Operation,
  { claim, replicas, version, answer }: Claimed,
): Finding {
  const { evidence } = model;
  const { needed } = claim;
  const requests = (evidence.storeRequests.get(write.op) ?? []).filter(
    ({ cause }) => cause === "write",
  );
  const worth = new Map<NodeName, Worth>();
  for (const request of requests) {
    if (!mayCount(model, request, replicas, claim)) continue;
    for (const reply of confirmationsOf(model, request, answer)) {
      if (worth.get(request.peer)?.durable !== true)
        worth.set(request.peer, worthOf(model, { request, reply, claim }, write, version));
    }
  }
  const all = [...worth.values()];
  const durable = all.filter((one) => one.durable).length;
  if (durable >= needed) return { finding: "held" };
  if (!coordinatorsComplete(model, requests, answer))
    return unknown(write, "evidence of the coordinator is missing");
  if (durable + all.filter((one) => !one.durable && !one.proved).length >= needed) {
    return unknown(
      write,
      all.flatMap((one) => (one.durable ? [] : [one.reason]))[0] ?? "evidence is missing",
    );
  }
  const silent = replicas.filter((node) => !worth.has(node));
  return {
    finding: "broken",
    explanation: `${named(write)} was acknowledged by ${answer.node} at ${milliseconds(answer.atUs)} as ${claim.synced ? "durable" : "stored"} on ${replicaCount(needed)}, but by then ${onlyOf(durable)} of ${replicas.join(", ")} had confirmed the write${claim.synced ? " after storing it durably" : ""}`,
    because: [
      ...all.flatMap((one) => (one.durable ? [] : [one.reason])),
      ...countedWrongly(worth, needed, answer),
      ...(silent.length === 0
        ? []
        : [`the coordinator had no answer from ${anyOf(silent)} by then`]),
      ...miscounted(model, write, { claim, replicas, version, answer }),
      ...sameVersion(model, write),
    ],
  };
}

/** The confirmations that the request's coordinator had received when the client got the answer. */
function confirmationsOf(
  { evidence }: Model,
  request: StoreRequest,
  answer: ClientAnswer,
): StoreReply[] {
  return evidence
    .repliesTo(request)
    .filter(
      (reply): reply is StoreReply =>
        reply.frame === "replica-write-ok" &&
        reply.peer === request.peer &&
        precedes(reply, answer),
    );
}

/**
 * Sentences about what the coordinator may have counted wrongly as a replica: a second confirmation of one replica, the
 * confirmation of another node, or a hint.
 */
function miscounted(
  model: Model,
  write: Operation,
  { claim, replicas, version, answer }: Claimed,
): string[] {
  const { evidence, run } = model;
  const requests = (evidence.storeRequests.get(write.op) ?? []).filter(
    ({ cause }) => cause === "write",
  );
  /**
   * The number of the node's confirmations of requests that may count (`counting`), or of those that may not. Each
   * confirmation is counted once.
   */
  const answersOf = (node: NodeName, counting: boolean): number =>
    new Set(
      requests
        .filter(
          (request) =>
            request.peer === node && mayCount(model, request, replicas, claim) === counting,
        )
        .flatMap((request) => confirmationsOf(model, request, answer)),
    ).size;
  const hintedBy = (node: NodeName): NodeName[] => {
    const sync =
      run.quorums === "sloppy"
        ? undefined
        : evidence.hintSyncs.first(run.versions, node, write.key, version);
    if (sync === undefined || sync.atUs > answer.atUs) return [];
    return sync.records.flatMap(({ key, versions, hintFor }) =>
      key === write.key && versions.includes(version) && hintFor !== undefined ? [hintFor] : [],
    );
  };
  return [
    ...replicas.flatMap((node) =>
      answersOf(node, true) > 1
        ? [`${node} had answered ${answersOf(node, true)} times, but counts as one replica`]
        : [],
    ),
    ...run.nodes.flatMap((node) => {
      const hinted = hintedBy(node);
      if (hinted.length > 0)
        return [
          `${node} had kept a hint of the write for ${hinted.join(", ")}, but a hint does not count`,
        ];
      return answersOf(node, false) > 0
        ? [
            replicas.includes(node)
              ? `${node} had also confirmed a hint for another replica, but a hint does not count`
              : `${node} had also confirmed the write, but ${node} is no replica of ${write.key}`,
          ]
        : [];
    }),
  ];
}

/**
 * Whether a confirmation of this request counts for the claim. The confirming node must be a replica of the key that
 * stores the write as its own, not as a hint. With sloppy quorums a fallback node counts too, unless the claim is about
 * primaries only.
 */
function mayCount(
  { run }: Model,
  { peer, hintFor }: StoreRequest,
  replicas: readonly NodeName[],
  { primariesOnly }: Claim,
): boolean {
  return hintFor === undefined
    ? replicas.includes(peer)
    : !primariesOnly && run.quorums === "sloppy" && !replicas.includes(peer);
}

/**
 * Whether the reply arrived before the client was answered. Events of one boot are compared by their sequence numbers.
 * Events of different nodes (if the write was forwarded) or boots are compared by the shared clock.
 */
function precedes(reply: StoreReply, answer: ClientAnswer): boolean {
  const sameBoot = reply.node === answer.node && reply.boot === answer.boot;
  return sameBoot ? reply.seq < answer.seq : reply.atUs <= answer.atUs;
}

/**
 * Judges one confirmation: it counts if the replica sent it after the replica's own sync of the version or of one that
 * replaces it. If the claim needs no sync, it counts once the replica recorded that it sent it.
 */
function worthOf(
  model: Model,
  {
    request,
    reply,
    claim,
  }: { readonly request: StoreRequest; readonly reply: StoreReply; readonly claim: Claim },
  write: Operation,
  version: VersionName,
): Worth {
  const { evidence, run } = model;
  const replica = reply.peer;
  const sent = evidence.sendingOf(reply);
  if (sent === undefined)
    return {
      durable: false,
      proved: false,
      reason: `${replica} did not record the reply that the coordinator received`,
    };
  // A periodic log promises only that the write was applied. The only evidence of that is the replica's record of its
  // reply.
  if (!claim.synced) return { durable: true };
  const sync = (request.hintFor === undefined ? evidence.syncs : evidence.hintSyncs).first(
    run.versions,
    replica,
    write.key,
    version,
  );
  if (sync !== undefined && positionOf(sync) < positionOf(sent)) return { durable: true };
  const proved = evidence.complete(replica, -Infinity, positionOf(sent));
  const answered = `${replica} answered at ${milliseconds(sent.atUs)}`;
  return {
    durable: false,
    proved,
    reason: !proved
      ? `evidence of ${replica} is missing`
      : request.hintFor === undefined
        ? `${answered} and ${whenSynced(model, replica, { write, version, sync, sent })}`
        : `${answered} that it kept the write as a hint for ${request.hintFor}, but it had not synced that hint by then`,
  };
}

/**
 * For a replica that had not synced the write before it answered: says how long after the answer it synced the write or
 * a newer version, or that it never did.
 */
function whenSynced(
  model: Model,
  replica: NodeName,
  {
    write,
    version,
    sync,
    sent,
  }: {
    readonly write: Operation;
    readonly version: VersionName;
    readonly sync: SyncEvent | undefined;
    readonly sent: StoreReply;
  },
): string {
  if (sync === undefined)
    return `never synced the write${keptInstead(model, replica, write, sent)}`;
  const itself = sync.records.some(
    ({ key, versions }) => key === write.key && versions.includes(version),
  );
  return `synced ${itself ? "the write" : "a newer version"} only ${milliseconds(sync.atUs - sent.atUs)} later`;
}

/**
 * A sentence that names the replicas that confirmed the write but did not have it durable, and says that the
 * coordinator counted at least one of their confirmations. [] if there are no such replicas, or if the coordinator had
 * fewer confirmations than it needed.
 */
function countedWrongly(
  worth: ReadonlyMap<NodeName, Worth>,
  needed: number,
  answer: ClientAnswer,
): string[] {
  const wrong = [...worth].flatMap(([node, one]) => (one.durable ? [] : [node]));
  if (wrong.length === 0 || worth.size < needed) return [];
  const those = wrong.length === 1 ? "that" : "those";
  const which = worth.size === needed ? those : "at least one of those";
  return [
    `${answer.node} needed ${replicaCount(needed)} and had the ${worth.size === 1 ? "confirmation" : "confirmations"} of ${allOf([...worth.keys()])}, so it counted ${which} of ${allOf(wrong)}`,
  ];
}

/**
 * If the last write wins: a clause with the version that the replica had durable when it answered. That version has an
 * older stamp than the write. Empty if there is none.
 */
function keptInstead(
  model: Model,
  replica: NodeName,
  { key }: Operation,
  sent: StoreReply,
): string {
  if (model.run.versions !== "stamps") return "";
  const record = model.evidence.syncEvents
    .filter((sync) => sync.node === replica && positionOf(sync) < positionOf(sent))
    .flatMap(({ records }) => records)
    .findLast((one) => one.key === key && one.hintFor === undefined);
  return record === undefined || record.versions.length === 0
    ? ""
    : `: ${replica} kept ${versionsByWriter(model, key, record.versions)}, which has a lower stamp`;
}

/** Whether the evidence of every node that may have coordinated the write is complete up to the answer. */
function coordinatorsComplete(
  { evidence }: Model,
  requests: readonly StoreRequest[],
  answer: ClientAnswer,
): boolean {
  if (!evidence.complete(answer.node, startOfBoot(answer.boot), positionOf(answer))) return false;
  // The answer has no position on another coordinator, so the evidence of that coordinator's whole boot must be
  // complete.
  const others = requests.filter(({ node }) => node !== answer.node);
  if (requests.length === 0) return evidence.gapCount() === 0;
  return others.every(({ node, boot }) =>
    evidence.complete(node, startOfBoot(boot), startOfBoot(boot + 1)),
  );
}
