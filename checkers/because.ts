/** What the evidence says of the cause of an anomaly, a sentence each. Explains only: no verdict rests on it. */
import { touches } from "./faults.ts";
import { brief, milliseconds } from "./words.ts";
import { versionsByWriter } from "./version-words.ts";
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

const anyOf = (names: readonly string[]): string => (names.length === 1 ? names.join() : `any of ${names.join(", ")}`);

/** Which replicas had the write, or a newer one, durable only after the read had begun, or never. */
export function replicasBehind(model: Model, write: Operation, version: VersionName | undefined, read: Operation): string[] {
  const { run, evidence } = model;
  if (!run.evidence || version === undefined) return [];
  const sentences: string[] = [];
  for (const node of run.preference[write.key] ?? []) {
    const sync = evidence.syncs.first(run.versions, node, write.key, version);
    if (sync === undefined) sentences.push(`${node} never had ${brief(write)} durable`);
    else if (sync.atUs > read.startUs) sentences.push(`${node} had ${brief(write)} or what is newer durable only ${milliseconds(sync.atUs - read.startUs)} after ${brief(read)} began`);
  }
  return sentences;
}

/** What each replica answered to a read, as it was sent, and whether that was too late for the client's answer. */
export function repliesOf(model: Model, read: Operation): string[] {
  const { evidence } = model;
  return (evidence.readRequests.get(read.op) ?? []).flatMap((request) => {
    const answer = evidence.answers.get(read.op)?.find(({ node, boot }) => node === request.node && boot === request.boot);
    return evidence.repliesTo(request).flatMap((reply) => {
      if (reply.frame !== "replica-read-ok") return [];
      const late = answer !== undefined && reply.seq > answer.seq ? `, after ${answer.node} had answered the client` : "";
      return [`${reply.peer} answered ${brief(read)} with ${versionsByWriter(model, reply.key, reply.versions)}${late}`];
    });
  });
}

/** That the old write outranks the newer one by its stamp, where it does: whoever merges by stamps keeps it. */
export function outranks(model: Model, old: Operation, newer: Operation): string[] {
  const writers = model.writers(old.key);
  const [of, against] = [writers.versionOf(old), writers.versionOf(newer)];
  if (model.run.versions !== "stamps" || of === undefined || against === undefined || of <= against) return [];
  return [`by its stamp ${brief(old)} is the newer: ${of} is above ${against}, that of ${brief(newer)}`];
}
