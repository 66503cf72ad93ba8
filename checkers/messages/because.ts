/** Sentences about what may have caused an anomaly, from faults and evidence. No verdict uses them. */
import { isClockFault, touches } from "../model/fault-windows.ts";
import { allOf, anyOf, brief, milliseconds, returned, together } from "./operation-messages.ts";
import { tombstoneDrops } from "./dropped-tombstones.ts";
import { positionOf } from "../evidence/position.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { ClientAnswer, ReadReply } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";

/** The largest number of faults that are listed, so that other causes are not lost among them. */
const faultsAtMost = 4;

/**
 * One sentence for each of the last four faults that affected a replica of the key in [fromUs, toUs], and one sentence
 * with the number of the earlier faults.
 */
export function faultsOver(model: Model, key: Key, fromUs: number, toUs: number): string[] {
  const all = model.faults.filter(
    (fault) => fault.fromUs <= toUs && fault.toUs >= fromUs && touches(model.run, fault, key),
  );
  const hidden = Math.max(0, all.length - faultsAtMost);
  const shown = all.slice(hidden).map((fault) => {
    const until =
      fault.toUs === Infinity ? "was never healed" : `was healed at ${milliseconds(fault.toUs)}`;
    return `fault ${fault.fault} (${fault.kind}${fault.cuts.size === 0 ? ` of ${[...fault.nodes].join(", ")}` : `: ${cutsText(fault.cuts)}`}) began at ${milliseconds(fault.fromUs)} and ${until}`;
  });
  return [
    ...shown,
    ...(hidden === 0
      ? []
      : [
          `${hidden} more ${hidden === 1 ? "fault" : "faults"} on replicas of ${key} began earlier`,
        ]),
  ];
}

/** Says which nodes could not reach each other: `nothing passed between n1 and any of n2, n3, nor from n4 to n1`. */
function cutsText(cuts: ReadonlySet<string>): string {
  const pairs = [...cuts].map((cut) => cut.split(">") as [string, string]);
  const isBothWays = ([from, to]: [string, string]): boolean => cuts.has(`${to}>${from}`);
  const both = sidesOf(pairs.filter(isBothWays), true).map(
    ([from, to]) => `between ${anyOf(from)} and ${anyOf(to)}`,
  );
  const one = sidesOf(
    pairs.filter((pair) => !isBothWays(pair)),
    false,
  ).map(([from, to]) => `from ${anyOf(from)} to ${anyOf(to)}`);
  return `nothing passed ${[...both, ...one].join(", nor ")}`;
}

/**
 * Groups the cut pairs into few entries of a left and a right side. Every node on the left is cut from every node on
 * the right. With `bothWays`, a pair and its reverse appear only once.
 */
function sidesOf(
  pairs: readonly (readonly [string, string])[],
  bothWays: boolean,
): (readonly [readonly string[], readonly string[]])[] {
  const ends = new Map<string, string[]>();
  for (const [from, to] of pairs) ends.set(from, [...(ends.get(from) ?? []), to].sort());
  const [first] = ends.values();
  if (first === undefined) return [];
  const left = [...ends]
    .filter(([, to]) => to.join() === first.join())
    .map(([from]) => from)
    .sort();
  const said = ([from, to]: readonly [string, string]): boolean =>
    (left.includes(from) && first.includes(to)) ||
    (bothWays && left.includes(to) && first.includes(from));
  return [
    [left, first],
    ...sidesOf(
      pairs.filter((pair) => !said(pair)),
      bothWays,
    ),
  ];
}

/**
 * One sentence for each replica that never had the write or a newer one durable, or only after the read began. Leaves
 * out replicas whose evidence is incomplete.
 */
export function replicasBehind(
  model: Model,
  write: Operation,
  version: VersionName | undefined,
  read: Operation,
): string[] {
  const { run, rings, evidence } = model;
  if (!run.capabilities.evidence || !run.has.has("versions") || version === undefined) return [];
  return (rings.everOwned(write.key) ?? []).flatMap((node) => {
    const sync = evidence.syncs.first(run.versions, node, write.key, version);
    if (!evidence.complete(node, -Infinity, sync === undefined ? Infinity : positionOf(sync)))
      return [];
    if (sync === undefined) return [`${node} never synced ${brief(write)}`];
    return sync.atUs > read.startUs
      ? [
          `${node} synced ${brief(write)}, or a newer version, only ${milliseconds(sync.atUs - read.startUs)} after ${brief(read)} began`,
        ]
      : [];
  });
}

/**
 * A sentence if the old write has a higher stamp than the newer write, so that every merge by stamps keeps the old
 * write. Adds a sentence for each fault that may have changed the clock of the client of one of the two writes during
 * that write. [] if the old write has no higher stamp.
 */
export function outranks(model: Model, old: Operation, newer: Operation): string[] {
  const writers = model.writers(old.key);
  const [of, against] = [writers.versionOf(old), writers.versionOf(newer)];
  if (model.run.versions !== "stamps" || of === undefined || against === undefined || of <= against)
    return [];
  return [
    `${brief(old)} has the higher stamp: ${of} is above ${against}, the stamp of ${brief(newer)}`,
    ...[old, newer].flatMap((write) => clocksOff(model, write)),
  ];
}

/** A sentence for each fault that may have changed the clock of the write's client during the write. */
const clocksOff = ({ faults }: Model, write: Operation): string[] =>
  faults
    .filter(
      (fault) =>
        isClockFault(fault) &&
        fault.clients?.has(write.client) === true &&
        fault.fromUs <= write.endUs &&
        fault.toUs >= write.startUs,
    )
    .map(
      ({ detail = "the client's clock was off" }) =>
        `while ${brief(write)} was stamped: ${detail.replace(/,$/, "")}`,
    );

/**
 * If the last write wins: one sentence for each replica that had the write durable, but lacked it and every newer write
 * at a later inspection until `toUs`. Used for deletes, where this means that the replica removed the tombstone.
 */
export function seenWithout(
  { run, rings, evidence, inspections }: Model,
  write: Operation,
  version: VersionName,
  toUs: number,
): string[] {
  return (rings.everOwned(write.key) ?? []).flatMap((node) => {
    const sync = evidence.syncs.first(run.versions, node, write.key, version);
    if (
      sync === undefined ||
      !sync.records.some(({ key, versions }) => key === write.key && versions.includes(version))
    )
      return [];
    for (const inspection of inspections) {
      if (inspection.node !== node || inspection.atUs <= sync.atUs || inspection.atUs > toUs)
        continue;
      const held = Object.hasOwn(inspection.state, write.key)
        ? (inspection.state[write.key]?.versions ?? [])
        : [];
      if (held.every((one) => one.version < version)) {
        const drops = tombstoneDrops(evidence, node, write.key, [sync.atUs, inspection.atUs]);
        const then = `held ${returned(held)} at ${milliseconds(inspection.atUs)}`;
        return [
          `${node} synced ${brief(write)} at ${milliseconds(sync.atUs)}, ${drops === undefined ? `but ${then}` : `${drops}, and ${then}`}`,
        ];
      }
    }
    return [];
  });
}

/**
 * Sentences that say what each replica answered to a read, in order of time. If a reply arrived after the client had
 * been answered, the sentence says so, since that reply had no part in the answer.
 */
export function repliesOf(model: Model, read: Operation): string[] {
  const { evidence } = model;
  const answers = (evidence.answers.get(read.op) ?? []).filter(
    ({ frame }) => frame === "client-read-ok",
  );
  const replies = [...evidence.readReplies(read.op)].sort((a, b) => a.atUs - b.atUs);
  const told = (late: boolean): ReturnType<typeof together> =>
    together(
      replies
        .filter((reply) => isLate(reply, answers) === late)
        .map((reply) => [reply.peer, versionsByWriter(model, reply.key, reply.versions)] as const),
    );
  const [inTime, late] = [told(false), told(true)];
  return [
    ...inTime.map(([peers, what]) => {
      const others = late.flatMap(([later, same]) =>
        same === what ? later.filter((peer) => !peers.includes(peer)) : [],
      );
      return `${allOf(peers)} answered ${brief(read)} with ${what}${others.length === 0 ? "" : `, and so did ${allOf(others)} ${afterAnswer}`}`;
    }),
    ...late
      .filter(([, what]) => !inTime.some(([, same]) => same === what))
      .map(
        ([peers, what]) => `${allOf(peers)} answered ${brief(read)} with ${what}, ${afterAnswer}`,
      ),
  ];
}

const afterAnswer = "after the coordinator had answered the client";

/**
 * Whether the reply arrived after the node that received it had answered the client. Only events of one node are
 * compared, since the order of events on different nodes is unknown.
 */
const isLate = (reply: ReadReply, answers: readonly ClientAnswer[]): boolean =>
  answers.some((answer) => answer.node === reply.node && positionOf(reply) > positionOf(answer));
