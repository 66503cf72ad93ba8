/** What repair sent of a key, a sentence for each way on which it sent something. Explains only: no verdict rests on it. */
import { anyOf, brief, milliseconds } from "./words.ts";
import { startOfBoot } from "./position.ts";
import { versionsByWriter } from "./version-words.ts";
import type { StoreRequest } from "./evidence.ts";
import type { Model } from "./model.ts";
import type { Key, VersionName } from "./history.ts";

/** Of so many ways at most: two replicas may send each other something for ever. */
const mostShown = 6;

/** In the order of time; within [fromUs, toUs], and only what carried this version, if one is asked for. */
export function repairsSent(model: Model, key: Key, fromUs: number, toUs: number, version?: VersionName): string[] {
  const ways = new Map<string, { readonly first: StoreRequest; count: number }>();
  for (const repair of within(model, key, fromUs, toUs)) {
    if (version !== undefined && !repair.versions.includes(version)) continue;
    const name = [repair.node, repair.peer, repair.cause, ...repair.versions].join(" ");
    const way = ways.get(name);
    if (way === undefined) ways.set(name, { first: repair, count: 1 });
    else way.count++;
  }
  const all = [...ways.values()];
  const hidden = all.slice(mostShown).reduce((sum, { count }) => sum + count, 0);
  return [...all.slice(0, mostShown).map(({ first, count }) => sentence(model, first, count)), ...(hidden === 0 ? [] : [`${hidden} more repairs of ${key} are not shown`])];
}

/** `sent by n2 at 412.1 ms by handoff`, of the version: a repair that makes versions of its own is known by that. */
export function firstRepairWith(model: Model, key: Key, version: VersionName): string | undefined {
  const repair = within(model, key, -Infinity, Infinity).find(({ versions }) => versions.includes(version));
  return repair === undefined ? undefined : `sent by ${repair.node} at ${milliseconds(repair.atUs)} by ${repairName(model, repair)}`;
}

/** The replicas to which no repair sent anything of the key from the restart of the ending on, if that is sure. */
export function neverRepaired(model: Model, key: Key, fromUs: number, toUs: number): string[] {
  const { run, evidence } = model;
  const complete = run.evidence && run.nodes.every((node) => evidence.complete(node, startOfBoot(evidence.lastBoot(node)), Infinity));
  const reached = new Set(within(model, key, fromUs, toUs).map(({ peer }) => peer));
  const nodes = (run.preference[key] ?? []).filter((node) => !reached.has(node)).sort();
  return complete && nodes.length > 0 ? [`no repair sent ${anyOf(nodes)} anything of ${key} after ${milliseconds(fromUs)}`] : [];
}

const within = ({ evidence }: Model, key: Key, fromUs: number, toUs: number): StoreRequest[] =>
  evidence.repairs(key).filter(({ atUs }) => atUs >= fromUs && atUs <= toUs).sort((a, b) => a.atUs - b.atUs);

function sentence(model: Model, repair: StoreRequest, count: number): string {
  const { node, peer, key, versions, atUs } = repair;
  const to = peer === node ? "itself" : (model.run.preference[key] ?? []).includes(peer) ? peer : `${peer}, which is no replica of ${key},`;
  return `${node} sent ${to} ${versionsByWriter(model, key, versions)} at ${milliseconds(atUs)}, by ${repairName(model, repair)}${count === 1 ? "" : `, and ${count - 1} more ${count === 2 ? "time" : "times"}`}`;
}

/** `anti-entropy`, `read-repair of read 3`. */
function repairName(model: Model, { cause, trace }: StoreRequest): string {
  const by = trace === undefined ? undefined : model.operation.get(trace);
  return by === undefined ? cause : `${cause} of ${brief(by)}`;
}
