/**
 * Judges reads under `acknowledged`: a read must return the merge of the replies of at least R distinct replicas, each
 * sent after the read began.
 */
import { merge, sameVersions } from "../language/versions.ts";
import {
  anyOf,
  milliseconds,
  named,
  onlyOf,
  replicaCount,
} from "../messages/operation-messages.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import { positionOf, startOfBoot } from "../evidence/position.ts";
import { type Finding, unknown, holdsByOne } from "./finding.ts";
import type { Frame, ReadReply } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { NodeName, Placement } from "../language/history.ts";

/**
 * Judges one read. During a membership change, the read must be right for one of the rings that its coordinator used
 * during the read. A coordinator that learns of a newer ring asks that ring's replicas again and ignores the earlier
 * replies.
 */
export function readFinding(model: Model, read: Operation): Finding {
  const { evidence, rings, run } = model;
  const answer = evidence.answers.get(read.op)?.find((frame) => frame.frame === "client-read-ok");
  if (answer === undefined || !rings.changed) return placementFinding(model, read, run);
  return holdsByOne(
    read,
    rings
      .adoptions(answer.node, read.startUs, answer.atUs)
      .map(({ ring: { reads }, atUs }) =>
        placementFinding(model, read, { ...reads, askedFromUs: atUs }),
      ),
  );
}

function placementFinding(
  model: Model,
  read: Operation,
  {
    r,
    preference,
    askedFromUs = -Infinity,
  }: Pick<Placement, "r" | "preference"> & { readonly askedFromUs?: number },
): Finding {
  const { evidence, run } = model;
  const needed = read.r ?? r;
  const replicas = preference[read.key];
  const answer = evidence.answers.get(read.op)?.find((frame) => frame.frame === "client-read-ok");
  if (replicas === undefined)
    return unknown(read, `the preference list of ${read.key} is not known`);
  if (answer === undefined) return unknown(read, "no node recorded an answer to the client");

  const { asked, replies, latest, settled, unsent, arrived } = countable(model, read, answer, {
    replicas,
    askedFromUs,
  });
  const shown = (): string[] => replies.map((reply) => showReply(model, reply));
  const silent = (): string[] => {
    const nodes = replicas.filter((node) => !arrived.some(({ peer }) => peer === node));
    return nodes.length === 0 ? [] : [`${answer.node} had no answer from ${anyOf(nodes)} by then`];
  };
  const complete = evidence.complete(answer.node, startOfBoot(answer.boot), positionOf(answer));
  if (replies.length < needed) {
    if (!complete) return unknown(read, "evidence of the coordinator is missing");
    if (replies.length + unsent.length >= needed)
      return unknown(
        read,
        `${unsent.join(", ")} did not record the reply that the coordinator received`,
      );
    return {
      finding: "broken",
      explanation: `${named(read)} was answered by ${answer.node} at ${milliseconds(answer.atUs)} as if ${replicaCount(needed)} had replied, but ${onlyOf(replies.length)} had replied by then`,
      because: asked === 0 ? [`${answer.node} had asked no replica`] : [...shown(), ...silent()],
    };
  }
  const primaries = replies.filter((reply) => replicas.includes(reply.peer)).length;
  if (primaries < (read.pr ?? 0)) {
    if (!complete || unsent.length > 0)
      return unknown(read, "evidence of the coordinator or of replicas is missing");
    return {
      finding: "broken",
      explanation: `${named(read)} was answered by ${answer.node} at ${milliseconds(answer.atUs)} as if ${read.pr} of the key's own replicas had replied, but ${onlyOf(primaries)} of ${replicas.join(", ")} had replied by then`,
      because: [...shown(), ...silent()],
    };
  }
  // With digests, a replica whose state differed was asked again and replied twice. The merge may use its first or its
  // last reply.
  const firstOrLast = ({ peer: one }: ReadReply): readonly ReadReply[] =>
    [...new Set([...replies, ...latest])].filter(({ peer }) => peer === one);
  const orders =
    run.reads === "digest"
      ? [replies, latest, settled()].map((order) => order.map(firstOrLast))
      : [replies.map((reply) => [reply])];
  for (const order of orders) {
    for (let counted = needed; counted <= order.length; counted++) {
      if (
        oneOfEach(order.slice(0, counted)).some((chosen) =>
          sameVersions(answer, merge(run.versions, chosen)),
        )
      )
        return { finding: "held" };
    }
  }
  // If evidence is missing, a lost reply may have changed the merge.
  if (!complete || unsent.length > 0)
    return unknown(read, "evidence of the coordinator or of replicas is missing");
  const merged = merge(run.versions, run.reads === "digest" ? latest : replies);
  return {
    finding: "broken",
    explanation: `${named(read)} was answered by ${answer.node} with ${versionsByWriter(model, read.key, answer.versions)}, although the ${replies.length} replies that ${answer.node} had received merge to ${versionsByWriter(model, read.key, merged.versions)}`,
    because: shown(),
  };
}

interface Countable {
  /** The number of requests that the read's coordinator sent to replicas. */
  readonly asked: number;
  /** The first reply of each replica that was sent after the read began, in the order of arrival. */
  readonly replies: readonly ReadReply[];
  /** The last reply of each replica that was sent after the read began, in the order of arrival. */
  readonly latest: readonly ReadReply[];
  /**
   * The replies of `latest` that settle what their replica holds. A replica that was asked a second time and did not
   * reply again counts only if a replica that owes no reply sent the same versions.
   */
  settled(): readonly ReadReply[];
  /**
   * The replicas without a reply in `replies` from which a reply arrived that they did not record sending. Their
   * evidence is incomplete.
   */
  readonly unsent: readonly NodeName[];
  /** All replies to the counted requests that arrived before the coordinator answered the client. */
  readonly arrived: readonly ReadReply[];
}

function countable(
  { evidence, run }: Model,
  read: Operation,
  answer: Frame<"client-read-ok">,
  {
    replicas,
    askedFromUs,
  }: { readonly replicas: readonly NodeName[]; readonly askedFromUs: number },
): Countable {
  const requests = (evidence.readRequests.get(read.op) ?? []).filter(
    ({ node, boot, peer, atUs }) =>
      node === answer.node &&
      boot === answer.boot &&
      atUs >= askedFromUs &&
      (replicas.includes(peer) || run.quorums === "sloppy"),
  );
  const arrived = requests
    .flatMap((request) =>
      evidence
        .repliesTo(request)
        .filter(
          (reply): reply is ReadReply =>
            reply.frame === "replica-read-ok" && reply.peer === request.peer,
        ),
    )
    .filter(({ seq }) => seq < answer.seq)
    .sort((a, b) => a.seq - b.seq);
  const first = new Map<NodeName, ReadReply>();
  const last = new Map<NodeName, ReadReply>();
  const unsent = new Set<NodeName>();
  for (const reply of arrived) {
    const sent = evidence.sendingOf(reply);
    if (sent === undefined) unsent.add(reply.peer);
    else if (sent.atUs >= read.startUs) {
      if (!first.has(reply.peer)) first.set(reply.peer, reply);
      last.delete(reply.peer);
      last.set(reply.peer, reply);
    }
  }
  const owed = (peer: NodeName): boolean =>
    requests.filter((request) => request.peer === peer).length >
    new Set(arrived.filter((reply) => reply.peer === peer).map(({ request }) => request)).size;
  const latest = [...last.values()];
  return {
    asked: requests.length,
    replies: [...first.values()],
    latest,
    settled() {
      const sentInFull = latest.filter(({ peer }) => !owed(peer));
      return latest.filter((reply) => sentInFull.some((other) => sameVersions(other, reply)));
    },
    unsent: [...unsent].filter((node) => !first.has(node)),
    arrived,
  };
}

/** All combinations of one element from each list. */
function oneOfEach<T>(choices: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return choices.reduce<readonly (readonly T[])[]>(
    (chosen, options) => chosen.flatMap((so) => options.map((one) => [...so, one])),
    [[]],
  );
}

const showReply = (model: Model, reply: ReadReply): string =>
  `${reply.peer} answered with ${versionsByWriter(model, reply.key, reply.versions)} at ${milliseconds(reply.atUs)}`;
