/**
 * How versions are named in explanations: as a person knows them, by the operations that they were given to, as far as that is true. A broken
 * store shows an old value under a version that nobody was given, or two values under one.
 */
import { brief, milliseconds, valueName } from "./words.ts";
import type { StoreRequest } from "./evidence.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Key, Value, VersionedValue, VersionName } from "./history.ts";

/** `v1 (write 1), a deletion (delete 2)`, or `nothing`. Of a version that stands for several values it is not said which was meant. */
export function versionsByWriter(model: Model, key: Key, versions: readonly VersionName[]): string {
  return versions.length === 0 ? "nothing" : versions.map((version) => versionByWriter(model, key, version)).join(", ");
}

function versionByWriter(model: Model, key: Key, version: VersionName): string {
  const values = [...(valuesUnder(model, key).get(version) ?? [])];
  if (values.length > 1) return `the version ${version}, which stands for ${values.map(valueName).join(" and for ")}`;
  const writer = model.writers(key).byVersion(version);
  if (writer !== undefined) return writer.f === "write" ? `${writer.value ?? "?"} (write ${writer.op})` : `a deletion (${writer.f} ${writer.op})`;
  const [value] = values;
  return value === undefined ? versionAndOwner(model, key, version) : `${valueName(value)} under ${versionAndOwner(model, key, version)}`;
}

/** What a replica holds: `v1`, or, where a value stands under another version than its write was given, whose it is and that version. */
export function valuesAsHeld(model: Model, key: Key, versions: readonly VersionedValue[]): string {
  const name = (held: VersionedValue): string => {
    const writer = restampedFrom(model, key, held);
    return writer === undefined ? valueName(held.value) : `${valueName(held.value)} of ${writer.f} ${writer.op} under ${versionAndOwner(model, key, held.version)}`;
  };
  return versions.length === 0 ? "nothing" : versions.map(name).join(", ");
}

/** Who wrote the value, if it stands under another version than that write is known to have been given. */
export function restampedFrom(model: Model, key: Key, versioned: VersionedValue): Operation | undefined {
  const writers = model.writers(key);
  const writer = writers.of(versioned);
  const own = writer === undefined ? undefined : writers.versionOf(writer);
  return own === undefined || own === versioned.version ? undefined : writer;
}

/** `the version 0007 (given to write 3)`. */
export function versionAndOwner(model: Model, key: Key, version: VersionName): string {
  const writes = (model.keys.get(key) ?? []).filter(({ f }) => f !== "read");
  const writers = model.writers(key);
  const owner = writers.byVersion(version);
  if (owner !== undefined) return `the version ${version} (given to ${owner.f} ${owner.op})`;
  for (const write of writes) {
    const request = making(model, write, version);
    if (request !== undefined) return `the version ${version} (made for ${brief(write)} too, by ${request.node} at ${milliseconds(request.atUs)})`;
  }
  // What was not acknowledged may have been given a version that nobody heard of.
  const unheard = writes.some((write) => writers.versionOf(write) === undefined);
  return `the version ${version} (given to no ${unheard ? "acknowledged " : ""}operation)`;
}

/** The request, if by the evidence this version too was made for the write: one that is tried again may make two. */
const making = ({ evidence }: Model, write: Operation, version: VersionName): StoreRequest | undefined =>
  (evidence.storeRequests.get(write.op) ?? []).find(({ cause, versions }) => cause === "write" && versions.length === 1 && versions[0] === version);

const known = new WeakMap<Model, Map<Key, ReadonlyMap<VersionName, ReadonlySet<Value>>>>();

/** All that was seen under each version of a key: by who wrote it, who read it and who inspected it. */
function valuesUnder(model: Model, key: Key): ReadonlyMap<VersionName, ReadonlySet<Value>> {
  let of = known.get(model);
  if (of === undefined) known.set(model, (of = new Map()));
  let values = of.get(key);
  if (values === undefined) of.set(key, (values = seenUnder(model, key)));
  return values;
}

function seenUnder(model: Model, key: Key): ReadonlyMap<VersionName, ReadonlySet<Value>> {
  const seen = new Map<VersionName, Set<Value>>();
  const note = ({ version, value }: VersionedValue): void => {
    const values = seen.get(version);
    if (values === undefined) seen.set(version, new Set([value]));
    else values.add(value);
  };
  const writers = model.writers(key);
  for (const operation of model.keys.get(key) ?? []) {
    if (operation.f === "read") operation.versions.forEach(note);
    else {
      const version = writers.versionOf(operation);
      if (version !== undefined) note({ version, value: operation.value ?? null });
    }
  }
  for (const { state } of model.inspections) if (Object.hasOwn(state, key)) state[key]?.versions.forEach(note);
  return seen;
}
