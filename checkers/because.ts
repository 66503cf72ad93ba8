/** What the evidence says of the cause of an anomaly, a sentence each. Explains only: no verdict rests on it. */
import { touches } from "./faults.ts";
import { anyOf, brief, milliseconds, returned } from "./words.ts";
import { positionOf } from "./position.ts";
import { versionsByWriter } from "./version-words.ts";
import type { ClientAnswer, ReadReply } from "./evidence.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, VersionName } from "./history.ts";

/** Faults that held at some time in [fromUs, toUs] on a replica of the key. */
export function faultsOver(model: Model, key: Key, fromUs: number, toUs: number): string[] {
  return model.faults
    .filter((fault) => fault.fromUs <= toUs && fault.toUs >= fromUs && touches(model.run, fault, key))
    .map((fault) => {
      const until = fault.toUs === Infinity ? "was never healed" : `was healed at ${milliseconds(fault.toUs)}`;
      return `fault ${fault.fault} (${fault.kind}${fault.cuts.size === 0 ? ` of ${[...fault.nodes].join(", ")}` : `: ${cutsText(fault.cuts)}`}) began at ${milliseconds(fault.fromUs)} and ${until}`;
    });
}

/** Who could not reach whom: `nothing passed between n1 and any of n2, n3, nor from n4 to n1`. */
function cutsText(cuts: ReadonlySet<string>): string {
  const pairs = [...cuts].map((cut) => cut.split(">") as [string, string]);
  const isBothWays = ([from, to]: [string, string]): boolean => cuts.has(`${to}>${from}`);
  const both = sidesOf(pairs.filter(isBothWays), true).map(([from, to]) => `between ${anyOf(from)} and ${anyOf(to)}`);
  const one = sidesOf(pairs.filter((pair) => !isBothWays(pair)), false).map(([from, to]) => `from ${anyOf(from)} to ${anyOf(to)}`);
  return `nothing passed ${[...both, ...one].join(", nor ")}`;
}

/** The pairs as few sides, of which everyone on the left is cut from everyone on the right; both ways, each pair is said once. */
function sidesOf(pairs: readonly (readonly [string, string])[], bothWays: boolean): (readonly [readonly string[], readonly string[]])[] {
  const ends = new Map<string, string[]>();
  for (const [from, to] of pairs) ends.set(from, [...(ends.get(from) ?? []), to].sort());
  const [first] = ends.values();
  if (first === undefined) return [];
  const left = [...ends].filter(([, to]) => to.join() === first.join()).map(([from]) => from).sort();
  const said = ([from, to]: readonly [string, string]): boolean => (left.includes(from) && first.includes(to)) || (bothWays && left.includes(to) && first.includes(from));
  return [[left, first], ...sidesOf(pairs.filter((pair) => !said(pair)), bothWays)];
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

/** Last write wins: which replicas had the write durable and were seen without it, or what is newer, up to `toUs`: a tombstone that went. */
export function seenWithout({ run, evidence, inspections }: Model, write: Operation, version: VersionName, toUs: number): string[] {
  return (run.preference[write.key] ?? []).flatMap((node) => {
    const sync = evidence.syncs.first(run.versions, node, write.key, version);
    if (sync === undefined || !sync.records.some(({ key, versions }) => key === write.key && versions.includes(version))) return [];
    for (const inspection of inspections) {
      if (inspection.node !== node || inspection.atUs <= sync.atUs || inspection.atUs > toUs) continue;
      const held = Object.hasOwn(inspection.state, write.key) ? (inspection.state[write.key]?.versions ?? []) : [];
      if (held.every((one) => one.version < version)) return [`${node} had ${brief(write)} durable at ${milliseconds(sync.atUs)}, but held ${returned(held)} at ${milliseconds(inspection.atUs)}`];
    }
    return [];
  });
}

/** What each replica answered to a read. What reached its coordinator after the client had been answered took no part in it, and is said to be late. */
export function repliesOf(model: Model, read: Operation): string[] {
  const { evidence } = model;
  const answer = evidence.answers.get(read.op)?.find(({ frame }) => frame === "client-read-ok");
  return (evidence.readRequests.get(read.op) ?? []).flatMap((request) =>
    evidence.repliesTo(request).flatMap((reply) =>
      reply.frame === "replica-read-ok" ? [`${reply.peer} answered ${brief(read)} with ${versionsByWriter(model, reply.key, reply.versions)}${lateness(reply, answer)}`] : [],
    ),
  );
}

function lateness(reply: ReadReply, answer: ClientAnswer | undefined): string {
  const isLate = answer !== undefined && reply.node === answer.node && positionOf(reply) > positionOf(answer);
  return isLate ? `, too late: the client had been answered ${milliseconds(reply.atUs - answer.atUs)} before` : "";
}
