/**
 * Bounds staleness where no register level is promised. A read is stale by at most the time for which faults kept
 * replicas apart, plus the bound of repair (`run.bounds.convergeUs`). In the bundled store, that bound covers
 * reconnecting, the next delivery of hints, and two rounds of exchanges with every peer. It holds for replicas only:
 * fallback nodes of sloppy quorums take no part in anti-entropy, so that their staleness has no bound.
 */
import { positionOf } from "../evidence/position.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Model } from "../model/model.ts";
import type { StaleRead } from "./staleness-reads.ts";

/**
 * The times in which replicas were apart, ascending and without overlaps: each fault and each change of the ring until
 * links were up again, and the time in which the final phase restarts nodes.
 */
export function separations({
  faults,
  phases,
  rings,
  run,
}: Model): readonly (readonly [fromUs: number, toUs: number])[] {
  const windows = faults.map(({ fromUs, toUs }): [number, number] => [
    fromUs,
    toUs + run.bounds.reconnectUs,
  ]);
  // A coordinator with an outdated ring may read from other nodes than those to which writes go, and new owners of a
  // key must first fetch its data.
  for (const [fromUs, toUs] of rings.changes) windows.push([fromUs, toUs + run.bounds.reconnectUs]);
  const ending = phases.find(({ phase }) => phase === "final-phase");
  const restarted = phases.findLast(({ phase }) => phase === "restarted");
  if (ending !== undefined)
    windows.push([
      ending.atUs,
      restarted === undefined ? Infinity : restarted.atUs + run.bounds.reconnectUs,
    ]);
  const joined: [number, number][] = [];
  for (const [from, to] of windows.sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/**
 * Whether fallback nodes alone may have answered the read. With sloppy quorums: whether none of the replies before the
 * answer came from a replica of the key. If no reply is recorded: whether replicas were apart during the read. With
 * strict quorums: always false.
 */
export function isFromStandIns(
  { run, rings, evidence }: Model,
  apart: ReturnType<typeof separations>,
  { op, key, startUs, endUs }: Operation,
): boolean {
  if (run.quorums !== "sloppy") return false;
  const replicas = rings.everOwned(key) ?? [];
  const answers = evidence.answers.get(op) ?? [];
  const counted = evidence
    .readReplies(op)
    .filter((reply) =>
      answers.some(
        (answer) => answer.node === reply.node && positionOf(reply) < positionOf(answer),
      ),
    );
  return counted.length > 0
    ? !counted.some(({ peer }) => replicas.includes(peer))
    : apart.some(([from, to]) => from <= endUs && to >= startUs);
}

/** By how many microseconds the read exceeds the bound. 0 or less: the read keeps the bound. */
export function excessUs(
  model: Model,
  apart: ReturnType<typeof separations>,
  { read, behindUs }: StaleRead,
): number {
  const sinceUs = read.startUs - behindUs;
  const separatedUs = apart.reduce(
    (sum, [from, to]) => sum + Math.max(0, Math.min(to, read.startUs) - Math.max(from, sinceUs)),
    0,
  );
  return behindUs - separatedUs - model.run.bounds.convergeUs;
}
