/** Explains by evidence which request made the replicas drop a lost write. No verdict uses this. */
import { brief, milliseconds } from "./operation-messages.ts";
import { carried, versionsByWriter } from "./version-messages.ts";
import { covers } from "../language/versions.ts";
import { repairName } from "./repairs.ts";
import { type Superseded, supersededOf } from "../model/superseded.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";

export interface Burial {
  /** A clause for an explanation. "The write" in the clause means the lost write. */
  readonly words: string;
  readonly operations: readonly number[];
}

/**
 * Siblings only. Explains the first request until `untilUs` that made a replica drop the write: the request's context
 * covers the write's version, its versions do not include that version, and the request had no right to drop the write:
 * the request's own write did not supersede it, or, for a repair, no write did. Also says if another operation got the
 * same version. Undefined if the evidence shows no such request.
 */
export function burialOf(model: Model, write: Operation, untilUs = Infinity): Burial | undefined {
  const writers = model.writers(write.key);
  const version = writers.versionOf(write);
  if (model.run.versions !== "siblings" || version === undefined) return undefined;
  const { storeRequests } = model.evidence;
  // Without evidence, the search that follows would go through all operations of the key in vain.
  if (storeRequests.size === 0 && model.evidence.repairs(write.key).length === 0) return undefined;
  const buries = ({ versions, context, atUs }: StoreRequest): boolean =>
    atUs >= write.startUs &&
    atUs <= untilUs &&
    !versions.includes(version) &&
    covers(context, version);
  // Computed only if a request drops the write, since it takes long.
  const superseded = (): Superseded => supersededOf(model, write.key, "possible");
  const others = (model.keys.get(write.key) ?? []).filter((by) => by.f !== "read" && by !== write);
  const byWrites = others.flatMap((by) =>
    (storeRequests.get(by.op) ?? [])
      .filter(
        (request) => request.cause === "write" && buries(request) && !superseded().by(by, write),
      )
      .map((request) => ({ by, request })),
  );
  // A repair may rightly drop the write if another write superseded it, or if it is a delete whose tombstone may be
  // removed.
  const mayPassOn = (): boolean =>
    superseded().byAny(others, write) || (write.f === "delete" && model.run.deletes !== undefined);
  const repairs = model.evidence.repairs(write.key).filter(buries);
  const byRepairs =
    repairs.length === 0 || mayPassOn()
      ? []
      : repairs.map((request) => ({ by: undefined, request }));
  const first = [...byWrites, ...byRepairs].sort((a, b) => a.request.atUs - b.request.atUs)[0];
  if (first === undefined) return undefined;
  const { by, request } = first;
  const { words, operations } =
    by === undefined
      ? repaired(model, request)
      : {
          words: `${brief(by)} made the replicas drop ${brief(write)}, although ${brief(by)} ${carried(model, by)}`,
          operations: [by.op],
        };
  // The request may rightly have dropped another operation that got the same version.
  const namesake = others.find((other) => writers.versionOf(other) === version);
  if (namesake === undefined) return { words, operations };
  return {
    words: `${words}; ${brief(namesake)} had got the same version as ${brief(write)}, ${version}`,
    operations: [...operations, namesake.op],
  };
}

function repaired(model: Model, repair: StoreRequest): Burial {
  const { node, peer, key, atUs, trace, versions } = repair;
  const read = trace === undefined ? undefined : model.operation.get(trace);
  return {
    words: `${node} made ${peer === node ? "itself" : peer} drop the write at ${milliseconds(atUs)}: its ${repairName(model, repair)} sent ${versionsByWriter(model, key, versions)} with a context that also covers the write`,
    operations: read === undefined ? [] : [read.op],
  };
}
