/** durable: after the ending, every acknowledged write is on the replicas or was superseded. */
import { isRead } from "./coded/table.ts";
import { conclude, notApplicable } from "./judgement.ts";
import { faultsOver } from "./because.ts";
import { isAcknowledged } from "./operations.ts";
import { isClockFault } from "./faults.ts";
import { supersededOf } from "./superseded.ts";
import { brief, milliseconds, named } from "./words.ts";
import { burialOf } from "./burial.ts";
import { restampedFrom, standsForOne, valuesAsHeld } from "./version-words.ts";
import { survivorsOf } from "./survivors.ts";
import { elementsOf } from "./durable-elements.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Survivors } from "./survivors.ts";
import type { Anomaly, Judgement, Key } from "./index.ts";

export function durable(model: Model): Judgement {
  if (model.coded.table.f.subarray(0, model.coded.table.count).every((f) => f === isRead)) return notApplicable("no write was tried");
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const acknowledged = operations.filter(isAcknowledged);
    if (acknowledged.length === 0) continue;
    const survivors = survivorsOf(model, key);
    if (survivors === null) {
      undecided.push(`it is not known which nodes replicate ${key}`);
      continue;
    }
    const losses = model.run.versions === "stamps" ? lostStamps(model, key, acknowledged, survivors) : lostSiblings(model, key, acknowledged, survivors);
    judged += acknowledged.length;
    // What was not seen may be on a replica that was not inspected.
    if (losses.length > 0 && survivors.missing.length > 0) undecided.push(`${survivors.missing.join(", ")} was not inspected after the ending, a replica of ${key}`);
    else anomalies.push(...losses.map((loss) => anomalyOf(model, key, loss, survivors)));
  }
  return conclude({ anomalies, undecided, judged, measurements: { acknowledged: judged, ...elementsOf(model) } });
}

interface Loss {
  readonly write: Operation;
  /** The survivor whose stamp outranks it, though it should not. */
  readonly by?: Operation;
}

/**
 * Deletes whose tombstones may have gone in time. Such a one stands as if it were still there, but for itself: it is lost if something that it
 * deleted is left.
 */
function goneDeletes({ run, keys }: Model, key: Key): readonly Operation[] {
  return run.deletes === undefined ? [] : (keys.get(key) ?? []).filter(({ f, outcome }) => f === "delete" && outcome !== "fail");
}

/** Last write wins: a write is lost unless it survives or a surviving one that did not end before it began outranks it by stamp. */
function lostStamps(model: Model, key: Key, acknowledged: readonly Operation[], { versions }: Survivors): Loss[] {
  const { run, faults } = model;
  const writers = model.writers(key);
  const clockFault = faults.some(({ kind }) => isClockFault(kind));
  const slackUs = run.stamps === "quorum" ? 0 : clockFault ? Infinity : run.bounds.skewUs;
  const alive = versions.map((versioned) => ({ writer: writers.of(versioned), rank: writers.rank(versioned) }));
  const gone = goneDeletes(model, key);
  // One without a known version may have been given any.
  const standing = [...alive, ...gone.map((writer) => ({ writer, rank: writers.versionOf(writer) ?? "~" }))];
  return acknowledged.flatMap((write): Loss[] => {
    if (alive.some(({ writer }) => writer === write)) return [];
    const own = writers.versionOf(write);
    const outranking = standing.filter(({ rank }) => own !== undefined && rank > own);
    // Of a survivor without a known writer no end is known, as of an indeterminate one.
    const legal = ({ writer }: (typeof alive)[number]): boolean => writer === undefined || writer.outcome !== "ok" || writer.endUs + slackUs >= write.startUs;
    if (outranking.some(legal)) return [];
    if (outranking.length === 0 && gone.includes(write) && alive.every(({ rank }) => own !== undefined && rank > own)) return [];
    const by = outranking[0]?.writer;
    return [by === undefined ? { write } : { write, by }];
  });
}

/** Siblings: a write is lost unless it survives or a survivor superseded it. */
function lostSiblings(model: Model, key: Key, acknowledged: readonly Operation[], { versions }: Survivors): Loss[] {
  const superseded = supersededOf(model, key, "perhaps");
  const alive = superseded.writersOf(versions);
  const gone = goneDeletes(model, key);
  const surely = supersededOf(model, key, "surely");
  // An older tombstone that is left is no value come back, whoever's dot it has.
  const left = surely.writersOf(versions.filter(({ value }) => value !== null));
  return acknowledged
    .filter((write) => !alive.includes(write) && !superseded.byAny([...alive, ...gone], write))
    .filter((write) => !gone.includes(write) || left.some((other) => surely.by(write, other)))
    .map((write) => ({ write }));
}

function anomalyOf(model: Model, key: Key, { write, by }: Loss, survivors: Survivors): Anomaly {
  const held = [...survivors.states].map(([node, state]) => `${node} holds ${valuesAsHeld(model, key, state.versions)}`);
  const atUs = model.inspections.findLast(({ when }) => when === "final")?.atUs;
  const lost = by === undefined ? lostWords(model, key, write, survivors) : undefined;
  const explanation =
    by === undefined
      ? `${named(write)}${write.f === "write" ? ` (${write.value ?? "?"})` : ""} was acknowledged at ${milliseconds(write.endUs)}${durableOn(model, write)}, but after the ending no replica holds it and nothing on them superseded it${lost?.instead ?? ""}`
      : `${named(write)} was acknowledged, but after the ending ${brief(by)} stands in its place, which had ended ${milliseconds(write.startUs - by.endUs)} before it began`;
  return {
    guarantee: "durable",
    explanation,
    operations: by === undefined ? [write.op, ...(lost?.operations ?? [])] : [by.op, write.op],
    key,
    ...(atUs === undefined ? {} : { atUs }),
    because: [...held, ...faultsOver(model, key, write.startUs, atUs ?? Infinity)],
  };
}

/** Who had it durable, as far as that is known: it was there, and was lost. */
function durableOn(model: Model, write: Operation): string {
  const version = model.writers(write.key).versionOf(write);
  if (version === undefined || !standsForOne(model, write.key, version)) return "";
  const nodes = (model.run.preference[write.key] ?? []).filter((node) => model.evidence.syncs.named(node, write.key, version));
  return nodes.length === 0 ? "" : ` and was durable on ${nodes.join(", ")}`;
}

/** What became of a lost write, where that can be told: buried by one that may not, or outlived by an older value under a newer version. */
function lostWords(model: Model, key: Key, write: Operation, { versions }: Survivors): { readonly instead: string; readonly operations: readonly number[] } {
  const burial = burialOf(model, write);
  if (burial !== undefined) return { instead: `: ${burial.words}`, operations: burial.operations };
  const own = model.writers(key).versionOf(write);
  // One of each old value: each replica may have another version of it.
  const restamped = versions.filter((held, i) => restampedFrom(model, key, held) !== undefined && versions.findIndex(({ value }) => value === held.value) === i);
  if (restamped.length === 0) return { instead: "", operations: [] };
  const newer = model.run.versions === "stamps" && own !== undefined && restamped.every(({ version }) => version > own);
  return {
    instead: `: they hold ${valuesAsHeld(model, key, restamped)}${newer ? `, newer than its own, ${own}` : ""}`,
    operations: restamped.slice(0, 4).flatMap((held) => restampedFrom(model, key, held)?.op ?? []),
  };
}
