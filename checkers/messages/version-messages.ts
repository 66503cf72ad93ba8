/**
 * Names a version in explanations by the operation that the version was given to, where that is true. A broken store
 * may show an old value with a version that no operation was given, or two values with one version.
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

/**
 * Versions as text: `v1 (write 1), a deletion (delete 2)`, or `nothing`. If a version was seen with several values, the
 * text names all of them.
 */
export function versionsByWriter(model: Model, key: Key, versions: readonly VersionName[]): string {
  return versions.length === 0
    ? "nothing"
    : versions.map((version) => versionByWriter(model, key, version)).join(", ");
}

function versionByWriter(model: Model, key: Key, version: VersionName): string {
  const values = [...(valuesUnder(model, key).get(version) ?? [])];
  if (values.length > 1)
    return `the version ${version}, which was seen with ${values.map(valueName).join(" and with ")}`;
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
 * A replica's content as text: `v1 (write 1)`. If a value has another version than the one that its write was given,
 * the text also names that other version.
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

/** Sentences about what each replica holds: `n1 and n2 hold v1 (write 1)`, `n3 holds nothing`. */
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

/** The write of the value, if the value is shown with another version than the write was given. Otherwise undefined. */
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

/** A version and the operation that it was made for: `the version 0007 (made for write 3)`. */
export function versionAndOwner(model: Model, key: Key, version: VersionName): string {
  const writes = (model.keys.get(key) ?? []).filter(({ f }) => f !== "read");
  const writers = model.writers(key);
  const owner = writers.byVersion(version);
  if (owner !== undefined) return `the version ${version} (made for ${owner.f} ${owner.op})`;
  for (const write of writes) {
    const request = making(model, write, version);
    if (request !== undefined)
      return `the version ${version} (made for ${brief(write)} by ${request.node} at ${milliseconds(request.atUs)})`;
  }
  // A write whose version is unknown may have been given this version.
  const unheard = writes.some((write) => writers.versionOf(write) === undefined);
  return `the version ${version} (made for no ${unheard ? "acknowledged " : ""}operation)`;
}

/** Whether the version was seen with at most one value, so that facts about the version are facts about that value. */
export const standsForOne = (model: Model, key: Key, version: VersionName): boolean =>
  (valuesUnder(model, key).get(version)?.size ?? 0) <= 1;

/** For siblings, which context a write carried: `carried no context`, or `carried only the context of read 3`. */
export function carried(model: Model, write: Operation): string {
  const source = write.contextOf === undefined ? undefined : model.operation.get(write.contextOf);
  return source === undefined
    ? "carried no context"
    : `carried only the context of ${brief(source)}`;
}

/**
 * The request of the write that sent a replica this version and no other. The version may differ from the acknowledged
 * one, since a retried write may get two versions.
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

/** All values that were seen with each version of a key: in writes, in reads and in inspections. */
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
