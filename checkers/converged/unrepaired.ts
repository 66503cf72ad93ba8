/**
 * Explains by evidence why a replica still lacks what others hold: whether a node sent the replica the missing version,
 * and which node did. No verdict uses this.
 */
import { allOf, milliseconds, together, valueName } from "../messages/operation-messages.ts";
import { comparisonsOf } from "../messages/exchanges.ts";
import { containsVersion } from "../evidence/contains.ts";
import { covers } from "../language/versions.ts";
import { hintsFor } from "../messages/kept-hints.ts";
import { readWithoutRepair } from "../messages/missed-repairs.ts";
import { restartedUs } from "./final-phase.ts";
import { repairsOf } from "../messages/repairs.ts";
import { startOfBoot } from "../evidence/position.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, ReplicaState, VersionName } from "../language/history.ts";

/**
 * Sentences about the versions that replicas lack: which request sent a version in vain between the node's last start
 * and `untilUs`, or which repairs did not send it. Silent about a version if the evidence is not enough to say so.
 */
export function unrepaired(
  model: Model,
  key: Key,
  states: ReadonlyMap<NodeName, ReplicaState>,
  untilUs: number,
): string[] {
  const { evidence } = model;
  const held = [
    ...new Set(
      [...states.values()].flatMap(({ versions }) => versions.map(({ version }) => version)),
    ),
  ].sort();
  const vain: string[] = [];
  const never: [node: NodeName, version: VersionName][] = [];
  for (const [node, state] of states) {
    const boot = evidence.lastBoot(node);
    const received = evidence
      .storesReceived(node, key)
      .filter((request) => request.boot === boot && request.atUs <= untilUs);
    for (const version of lackedBy(model, state, held)) {
      const last = received.findLast(({ versions }) => versions.includes(version));
      if (last !== undefined) vain.push(inVain(model, state, version, last));
      else if (evidence.complete(node, startOfBoot(boot), Infinity)) never.push([node, version]);
    }
  }
  return [
    ...vain,
    ...together(never).flatMap(([nodes, version]) => [
      `${allOf(nodes)} did not receive ${versionsByWriter(model, key, [version])} after the last restart`,
      ...repairsOf(model, key, version, [restartedUs(model) ?? -Infinity, untilUs]),
      ...nodes.flatMap((node) => missing(model, { key, version, node, states, untilUs })),
    ]),
  ];
}

interface Lack {
  readonly key: Key;
  readonly version: VersionName;
  readonly node: NodeName;
  readonly states: ReadonlyMap<NodeName, ReplicaState>;
  readonly untilUs: number;
}

/** Sentences about hints, reads and anti-entropy exchanges that could have brought the version to the node. */
function missing(model: Model, { key, version, node, states, untilUs }: Lack): string[] {
  const holders = [...states].flatMap(([holder, { versions, context }]) =>
    containsVersion(
      model.run.versions,
      { versions: versions.map((one) => one.version), ...(context && { context }) },
      version,
    )
      ? [holder]
      : [],
  );
  const sinceUs = restartedUs(model) ?? -Infinity;
  return [
    ...hintsFor(model, key, version, node, untilUs),
    ...readWithoutRepair(model, key, version, node),
    ...holders.flatMap((holder) => comparisonsOf(model, key, [node, holder], [sinceUs, untilUs])),
  ];
}

/**
 * The versions that the replica lacks. Stamps: the newest held version, if the replica lacks it. Siblings: the versions
 * that the replica neither holds nor covers by its context.
 */
function lackedBy(
  { run }: Model,
  { versions, context }: ReplicaState,
  held: readonly VersionName[],
): readonly VersionName[] {
  const lacked = held.filter((version) => !versions.some((own) => own.version === version));
  return run.versions === "stamps"
    ? lacked.filter((version) => version === held.at(-1))
    : lacked.filter((version) => !covers(context, version));
}

function inVain(
  model: Model,
  state: ReplicaState,
  version: VersionName,
  { node, peer, key, atUs, cause }: StoreRequest,
): string {
  const [own] = model.run.versions === "stamps" ? state.versions : [];
  const above =
    own === undefined
      ? ""
      : `, although the stamp of that version, ${version}, is above ${own.version}, the stamp of ${valueName(own.value)}`;
  return `${peer} last sent ${peer === node ? "itself" : node} ${versionsByWriter(model, key, [version])} at ${milliseconds(atUs)}, by ${cause}, and ${node} still lacks that version${above}`;
}
