/**
 * Names versions in explanations by the operations that they were given to, as far as that is true: a broken store may
 * show an old value under a version that nobody was given, or two values under one.
 */
import { allOf, brief, milliseconds, together, valueName } from "./operation-messages.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type {
  Key,
  NodeName,
  ReplicaState,
  Value,
  VersionedValue,
  VersionName,
} from "../language/history.ts";

/** `v1 (write 1), a deletion (delete 2)`, or `nothing`. If a version stands for several values, does not choose one. */
export function versionsByWriter(model: Model, key: Key, versions: readonly VersionName[]): string {
  return versions.length === 0
    ? "nothing"
    : versions.map((version) => versionByWriter(model, key, version)).join(", ");
}

function versionByWriter(model: Model, key: Key, version: VersionName): string {
  const values = [...(valuesUnder(model, key).get(version) ?? [])];
  if (values.length > 1)
    return `the version ${version}, which stands for ${values.map(valueName).join(" and for ")}`;
  const writer = model.writers(key).byVersion(version);
  if (writer !== undefined)
    return writer.f === "write"
      ? `${writer.value ?? "?"} (write ${writer.op})`
      : `a deletion (${writer.f} ${writer.op})`;
  const [value] = values;
  return value === undefined
    ? versionAndOwner(model, key, version)
    : `${valueName(value)} under ${versionAndOwner(model, key, version)}`;
}

/**
 * A replica's content: `v1 (write 1)`. If a value has another version than its write was given, also names the value's
 * write and that version.
 */
export function valuesAsHeld(model: Model, key: Key, versions: readonly VersionedValue[]): string {
  const name = (held: VersionedValue): string => {
    const writer = model.writers(key).of(held);
    if (writer === undefined) return valueName(held.value);
    return restampedFrom(model, key, held) === undefined
      ? `${valueName(held.value)} (${writer.f} ${writer.op})`
      : `${valueName(held.value)} of ${writer.f} ${writer.op} under ${versionAndOwner(model, key, held.version)}`;
  };
  return versions.length === 0 ? "nothing" : versions.map(name).join(", ");
}

/** `n1 and n2 hold v1 (write 1)`, `n3 holds nothing`. */
export function holdings(
  model: Model,
  key: Key,
  states: ReadonlyMap<NodeName, ReplicaState>,
): string[] {
  const held = together(
    [...states].map(([node, { versions }]) => [node, valuesAsHeld(model, key, versions)] as const),
  );
  return held.map(
    ([nodes, values]) => `${allOf(nodes)} ${nodes.length === 1 ? "holds" : "hold"} ${values}`,
  );
}

/** The write of the value, if the value has another version than this write was given. */
export function restampedFrom(
  model: Model,
  key: Key,
  versioned: VersionedValue,
): Operation | undefined {
  const writers = model.writers(key);
  const writer = writers.of(versioned);
  const own = writer === undefined ? undefined : writers.versionOf(writer);
  return own === undefined || own === versioned.version ? undefined : writer;
}

/** `the version 0007 (made for write 3)`. */
export function versionAndOwner(model: Model, key: Key, version: VersionName): string {
  const writes = (model.keys.get(key) ?? []).filter(({ f }) => f !== "read");
  const writers = model.writers(key);
  const owner = writers.byVersion(version);
  if (owner !== undefined) return `the version ${version} (made for ${owner.f} ${owner.op})`;
  for (const write of writes) {
    const request = making(model, write, version);
    if (request !== undefined)
      return `the version ${version} (made for ${brief(write)} too, by ${request.node} at ${milliseconds(request.atUs)})`;
  }
  // A write that was not acknowledged may have any version.
  const unheard = writes.some((write) => writers.versionOf(write) === undefined);
  return `the version ${version} (made for no ${unheard ? "acknowledged " : ""}operation)`;
}

/** Whether the version was only ever seen with one value, so that what is known of the version holds for that value. */
export const standsForOne = (model: Model, key: Key, version: VersionName): boolean =>
  (valuesUnder(model, key).get(version)?.size ?? 0) <= 1;

/** For siblings: `carried no context`, or `carried only the context of read 3`. */
export function carried(model: Model, write: Operation): string {
  const source = write.contextOf === undefined ? undefined : model.operation.get(write.contextOf);
  return source === undefined
    ? "carried no context"
    : `carried only the context of ${brief(source)}`;
}

/**
 * The request that sent this version, and no other, to a replica for the write. A retried write may get two versions.
 */
const making = (
  { evidence }: Model,
  write: Operation,
  version: VersionName,
): StoreRequest | undefined =>
  (evidence.storeRequests.get(write.op) ?? []).find(
    ({ cause, versions }) => cause === "write" && versions.length === 1 && versions[0] === version,
  );

const known = new WeakMap<Model, Map<Key, ReadonlyMap<VersionName, ReadonlySet<Value>>>>();

/** All values seen under each version of a key: by writers, readers and inspections. */
function valuesUnder(model: Model, key: Key): ReadonlyMap<VersionName, ReadonlySet<Value>> {
  let of = known.get(model);
  if (of === undefined)
    known.set(model, (of = new Map<Key, ReadonlyMap<VersionName, ReadonlySet<Value>>>()));
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
  for (const { state } of model.inspections)
    if (Object.hasOwn(state, key)) state[key]?.versions.forEach(note);
  return seen;
}
