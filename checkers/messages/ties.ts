/** Writes of one key that got equal stamps: which of them wins is not decided by their stamps. */
import { brief } from "./operation-messages.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";

const known = new WeakMap<Model, Map<Key, ReadonlyMap<VersionName, readonly Operation[]>>>();

/**
 * The stamps of a key that more than one write got, with those writes in the order of their invocations. From
 * acknowledgements, from what reads returned, and from what coordinators sent to replicas.
 */
export function tiesOf(model: Model, key: Key): ReadonlyMap<VersionName, readonly Operation[]> {
  let of = known.get(model);
  if (of === undefined)
    known.set(model, (of = new Map<Key, ReadonlyMap<VersionName, readonly Operation[]>>()));
  let ties = of.get(key);
  if (ties === undefined) of.set(key, (ties = findTies(model, key)));
  return ties;
}

function findTies(model: Model, key: Key): ReadonlyMap<VersionName, readonly Operation[]> {
  const { run, evidence } = model;
  if (run.versions !== "stamps") return new Map();
  const writers = model.writers(key);
  const byStamp = new Map<VersionName, Set<Operation>>();
  const note = (version: VersionName, write: Operation): void => {
    const of = byStamp.get(version);
    if (of === undefined) byStamp.set(version, new Set([write]));
    else of.add(write);
  };
  for (const write of model.keys.get(key) ?? []) {
    if (write.f === "read") continue;
    const own = writers.versionOf(write);
    if (own !== undefined) note(own, write);
    for (const { cause, versions } of evidence.storeRequests.get(write.op) ?? [])
      if (cause === "write") for (const version of versions) note(version, write);
  }
  return new Map(
    [...byStamp].flatMap(([version, writes]) =>
      writes.size < 2 ? [] : [[version, [...writes]] as const],
    ),
  );
}

/** `write 7 (v7) had got the same stamp, 0007.n1, as write 5 (v5)`; [] where no other write got the write's stamp. */
export function sameStamp(model: Model, write: Operation): string[] {
  const own = model.writers(write.key).versionOf(write);
  const others = (own === undefined ? undefined : tiesOf(model, write.key).get(own)) ?? [];
  const other = others.find((one) => one !== write);
  return own === undefined || other === undefined
    ? []
    : [
        `${brief(write)} had got the same stamp, ${own}, as ${brief(other)}: stamps do not say which of them is newer`,
      ];
}
