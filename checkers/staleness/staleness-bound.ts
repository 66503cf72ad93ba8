/**
 * Staleness below the register levels: a read is behind by no more than the time for which faults kept the replicas
 * apart, and the bound of repair: reconnecting and two rounds of exchanges with every peer (run.bounds.convergeUs). It
 * speaks of replicas: what stands in for one under sloppy quorums is told nothing of what was written before, by no
 * exchange, and has no bound.
 */
import { positionOf } from "../evidence/position.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Model } from "../model/model.ts";
import type { StaleRead } from "./staleness-reads.ts";

/**
 * What kept replicas apart: each fault until links were up again, and the final phase's restart of all nodes. Disjoint,
 * ascending.
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
  // Whoever is behind by a step of the ring asks others than those that are written to, and new owners wait for what
  // they fetch.
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
 * Whether no replica of the key's own answered the read in time; where no reply is recorded, whether some could be out
 * of reach.
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

/** By how much the read breaks the bound; not positive if it keeps it. */
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
