/** Explains what happened to an acknowledged write that the replicas lost. */
import { apart, brief, milliseconds, named, valueName } from "../messages/operation-messages.ts";
import { burialOf } from "../messages/burial.ts";
import { outranks } from "../messages/because.ts";
import { repairsOf } from "../messages/repairs.ts";
import { sameVersion } from "../messages/ties.ts";
import { restampedFrom, standsForOne } from "../messages/version-messages.ts";
import type { Loss } from "./durable.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Survivors } from "../model/survivors.ts";
import type { Key, VersionedValue } from "../language/history.ts";

interface Words {
  /** A clause that continues "… was acknowledged at 3.0 ms, but after the final phase ". */
  readonly what: string;
  /** The numbers of further operations that the clause names. The lost write is not among them. */
  readonly operations: readonly number[];
  readonly because?: readonly string[];
}

interface LostMessage {
  readonly explanation: string;
  readonly operations: readonly number[];
  readonly because: readonly string[];
}

const nothingKnown = "no replica holds the write or anything that superseded it";

export function lostMessage(
  model: Model,
  key: Key,
  { write, by, left = [] }: Loss,
  { versions }: Survivors,
): LostMessage {
  if (by !== undefined) {
    const gap = apart(write.startUs - by.endUs);
    const explanation = `${named(write)} was acknowledged, but after the final phase no replica holds this write: ${brief(by)} won with a higher stamp, although ${brief(by)} had ended ${gap} before ${brief(write)} began`;
    return { explanation, operations: [by.op, write.op], because: outranks(model, by, write) };
  }
  const value = write.f === "write" ? ` (${write.value ?? "?"})` : "";
  const {
    what,
    operations,
    because = [],
  }: Words = undeleted(model, key, left) ??
    buried(model, write) ??
    outlived(model, key, write, versions) ?? { what: nothingKnown, operations: [] };
  return {
    explanation: `${named(write)}${value} was acknowledged at ${milliseconds(write.endUs)}${durableOn(model, write)}, but after the final phase ${what}`,
    operations: [write.op, ...operations],
    because: [...sameVersion(model, write), ...because],
  };
}

/**
 * A clause that names the replicas that ever had the write durable. Empty if none is known, or if the write's version
 * was seen with several values.
 */
function durableOn(model: Model, write: Operation): string {
  const version = model.writers(write.key).versionOf(write);
  if (version === undefined || !standsForOne(model, write.key, version)) return "";
  const nodes = (model.rings.everOwned(write.key) ?? []).filter((node) =>
    model.evidence.syncs.named(node, write.key, version),
  );
  return nodes.length === 0 ? "" : ` and was durable on ${nodes.join(", ")}`;
}

/** Explains a lost delete: names the values that the delete should have removed. Undefined if there are none. */
function undeleted(model: Model, key: Key, left: readonly VersionedValue[]): Words | undefined {
  if (left.length === 0) return undefined;
  // One value may be left under several versions, but its write is named once.
  const writers = [...new Set(left.flatMap((held) => model.writers(key).of(held) ?? []))];
  const nameless = left.filter((held) => model.writers(key).of(held) === undefined);
  return {
    what: `the replicas still hold what this delete should have removed: ${[...writers.map(brief), ...nameless.map(({ value }) => valueName(value))].join(", ")}`,
    operations: writers.slice(0, 4).map(({ op }) => op),
  };
}

/** Explains a write that a request made the replicas drop wrongly. Undefined if the evidence shows no such request. */
function buried(model: Model, write: Operation): Words | undefined {
  const burial = burialOf(model, write);
  return burial === undefined
    ? undefined
    : { what: `${nothingKnown}: ${burial.words}`, operations: burial.operations };
}

/**
 * Explains that the replicas hold values with other versions than those that their writes were given. Undefined if they
 * hold none.
 */
function outlived(
  model: Model,
  key: Key,
  write: Operation,
  versions: readonly VersionedValue[],
): Words | undefined {
  const own = model.writers(key).versionOf(write);
  // Sorted by version: the smallest stamp of a value is the first version that the value was given wrongly.
  const restamped = versions
    .filter((held) => restampedFrom(model, key, held) !== undefined)
    .sort((a, b) => (a.version < b.version ? -1 : 1));
  const writers = [...new Set(restamped.flatMap((held) => restampedFrom(model, key, held) ?? []))];
  if (writers.length === 0) return undefined;
  const isNewer =
    model.run.versions === "stamps" &&
    own !== undefined &&
    restamped.every(({ version }) => version > own);
  const newer = isNewer ? `, newer than ${own}, the version of ${brief(write)}` : "";
  // If repairs made several new versions of a value, only the first of them is explained.
  const made = restamped.filter(
    (held, i) =>
      restamped.findIndex(({ value }) => value === held.value) === i &&
      model.writers(key).byVersion(held.version) === undefined,
  );
  return {
    what: `${nothingKnown}: the replicas hold ${writers.map(brief).join(", ")} under ${restamped.length === 1 ? "a version" : "versions"} other than ${writers.length === 1 ? "its" : "their"} own${newer}`,
    operations: writers.slice(0, 4).map(({ op }) => op),
    because: made.flatMap(({ version }) => repairsOf(model, key, version).slice(0, 1)),
  };
}
