/** What became of an acknowledged write that the replicas lost, in words, as far as that can be told. */
import { brief, milliseconds, named, valueName } from "./words.ts";
import { buriedBy } from "./burial.ts";
import { firstRepairWith } from "./repairs.ts";
import { restampedFrom, valuesAsHeld } from "./version-words.ts";
import type { Loss } from "./durable.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Survivors } from "./survivors.ts";
import type { Key, VersionedValue } from "./history.ts";

interface Words {
  /** Goes on from "… was acknowledged at 3.0 ms, but after the ending ". */
  readonly what: string;
  /** Beside the write itself. */
  readonly operations: readonly number[];
}

const nothingKnown = "no replica holds it and nothing on them superseded it";

export function lostWords(model: Model, key: Key, { write, by, left = [] }: Loss, { versions }: Survivors): { readonly explanation: string; readonly operations: readonly number[] } {
  if (by !== undefined) {
    const gap = milliseconds(write.startUs - by.endUs);
    return { explanation: `${named(write)} was acknowledged, but after the ending ${brief(by)} stands in its place, which had ended ${gap} before it began`, operations: [by.op, write.op] };
  }
  const value = write.f === "write" ? ` (${write.value ?? "?"})` : "";
  const { what, operations } = undeleted(model, key, left) ?? buried(model, write) ?? outlived(model, key, write, versions) ?? { what: nothingKnown, operations: [] };
  return { explanation: `${named(write)}${value} was acknowledged at ${milliseconds(write.endUs)}, but after the ending ${what}`, operations: [write.op, ...operations] };
}

/** A delete of which something is left. */
function undeleted(model: Model, key: Key, left: readonly VersionedValue[]): Words | undefined {
  if (left.length === 0) return undefined;
  // One value may stand under several versions.
  const writers = [...new Set(left.flatMap((held) => model.writers(key).of(held) ?? []))];
  const nameless = left.filter((held) => model.writers(key).of(held) === undefined);
  return { what: `what it deleted is still there: ${[...writers.map(brief), ...nameless.map(({ value }) => valueName(value))].join(", ")}`, operations: writers.slice(0, 4).map(({ op }) => op) };
}

/** Another one told the replicas to drop it, which may not. Where a third had been given the same version, that one was meant to go. */
function buried(model: Model, write: Operation): Words | undefined {
  const by = buriedBy(model, write);
  if (by === undefined) return undefined;
  const source = by.contextOf === undefined ? undefined : model.operation.get(by.contextOf);
  const carried = source === undefined ? "carried no context" : `carried only the context of ${brief(source)}`;
  const namesake = namesakeOf(model, write);
  const shared = namesake === undefined ? "" : `; the version of ${brief(write)}, ${namesake.version}, had been given to ${brief(namesake.operation)} too`;
  return {
    what: `${nothingKnown}: ${brief(by)} told the replicas to drop it, though it ${carried}${shared}`,
    operations: [by.op, ...(namesake === undefined ? [] : [namesake.operation.op])],
  };
}

/** Another operation that was given the very version of this write. */
function namesakeOf(model: Model, write: Operation): { readonly operation: Operation; readonly version: string } | undefined {
  const writers = model.writers(write.key);
  const version = writers.versionOf(write);
  const operation = (model.keys.get(write.key) ?? []).find((other) => other !== write && other.f !== "read" && version !== undefined && writers.versionOf(other) === version);
  return version === undefined || operation === undefined ? undefined : { operation, version };
}

/** The replicas hold an older value under a version that was never its own. */
function outlived(model: Model, key: Key, write: Operation, versions: readonly VersionedValue[]): Words | undefined {
  const own = model.writers(key).versionOf(write);
  // Of stamps the smallest first: the first of all that it was given.
  const restamped = versions.filter((held) => restampedFrom(model, key, held) !== undefined).sort((a, b) => (a.version < b.version ? -1 : 1));
  if (restamped.length === 0) return undefined;
  // Each replica may have another version of it: of each value one is shown, and the others are counted.
  const first = restamped.filter((held, i) => restamped.findIndex(({ value }) => value === held.value) === i);
  const shown = first.map((held) => {
    const sent = model.writers(key).byVersion(held.version) === undefined ? firstRepairWith(model, key, held.version) : undefined;
    const others = restamped.filter(({ value }) => value === held.value).length - 1;
    return `${valuesAsHeld(model, key, [held])}${sent === undefined ? "" : `, ${sent}`}${others === 0 ? "" : `, and under ${others} other ${others === 1 ? "version" : "versions"}`}`;
  });
  const newer = model.run.versions === "stamps" && own !== undefined && restamped.every(({ version }) => version > own);
  return {
    what: `${nothingKnown}: they hold ${shown.join(", ")}${newer ? `, newer than its own, ${own}` : ""}`,
    operations: first.slice(0, 4).flatMap((held) => restampedFrom(model, key, held)?.op ?? []),
  };
}
