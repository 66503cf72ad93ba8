/** Writes of a key that got equal versions, so that their versions do not say which of them wins. */
import { brief, milliseconds } from "./operation-messages.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key, VersionName } from "../language/history.ts";

const known = new WeakMap<Model, Map<Key, ReadonlyMap<VersionName, readonly Operation[]>>>();

/**
 * The stamps of a key that more than one write got, and the writes of each stamp in the order of their invocations. The
 * stamps are known from acknowledgements, reads, and what coordinators sent to replicas.
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

/**
 * Sentences such as `write 7 (v7), through n1, had got the same stamp, 0007.n1, as write 5 (v5), through n1`, and about
 * the nodes that gave the version. []: no other write got the write's version.
 */
export function sameVersion(model: Model, write: Operation): string[] {
  const { run } = model;
  const writers = model.writers(write.key);
  const own = writers.versionOf(write);
  if (own === undefined) return [];
  const isStamp = run.versions === "stamps";
  const others = isStamp
    ? (tiesOf(model, write.key).get(own) ?? [])
    : (model.keys.get(write.key) ?? []).filter(
        (one) => one.f !== "read" && writers.versionOf(one) === own,
      );
  const other = others.find((one) => one !== write);
  if (other === undefined) return [];
  const so = isStamp ? ", so the stamps do not say which of the two is newer" : "";
  return [
    `${brief(write)}, through ${write.node}, had got the same ${isStamp ? "stamp" : "version"}, ${own}, as ${brief(other)}, through ${other.node}${so}`,
    ...givenBy(model, own, [other, write]),
  ];
}

/**
 * A sentence about the two nodes that each gave the version to one of the writes, or about the restart of the one node
 * that gave it to both.
 */
function givenBy(
  { evidence }: Model,
  version: VersionName,
  writes: readonly Operation[],
): string[] {
  const [first, second] = writes
    .flatMap(
      (write) =>
        (evidence.storeRequests.get(write.op) ?? []).find(
          ({ cause, versions }) => cause === "write" && versions.includes(version),
        ) ?? [],
    )
    .sort((a, b) => a.atUs - b.atUs) as [StoreRequest?, StoreRequest?];
  if (first === undefined || second === undefined) return [];
  const starts = evidence
    .bootStarts(first.node)
    .filter(({ atUs }) => atUs > first.atUs && atUs < second.atUs);
  const again = starts.at(-1);
  if (first.node !== second.node)
    return [
      `${first.node} gave the version ${version} at ${milliseconds(first.atUs)}, and ${second.node} gave it again at ${milliseconds(second.atUs)}`,
    ];
  return again === undefined
    ? []
    : [
        `${first.node} gave the version ${version} at ${milliseconds(first.atUs)}, started again at ${milliseconds(again.atUs)}, and gave the same version once more at ${milliseconds(second.atUs)}`,
      ];
}
