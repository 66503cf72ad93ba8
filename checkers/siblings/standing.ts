/** Explains by evidence why reads still return a write that another one superseded. No verdict uses this. */
import { brief, returned } from "../messages/operation-messages.ts";
import { covers } from "../language/versions.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

/**
 * Sentences that say whose context the superseding write carried, and what the coordinator sent the replicas instead.
 */
export function standsBecause(model: Model, by: Operation, write: Operation): string[] {
  const source = by.contextOf === undefined ? undefined : model.operation.get(by.contextOf);
  if (source === undefined) return [];
  const shown = source.f === "read" ? `, which had returned ${returned(source.versions)}` : "";
  return [
    `${brief(by)} carried the context of ${brief(source)}${shown}`,
    ...sentAs(model, by, write),
  ];
}

function sentAs({ evidence, writers }: Model, by: Operation, write: Operation): string[] {
  const version = writers(write.key).versionOf(write);
  const request = evidence.storeRequests.get(by.op)?.find(({ cause }) => cause === "write");
  if (version === undefined || request === undefined) return [];
  if (request.versions.includes(version))
    return [`${request.node} sent the replicas ${brief(by)} with ${brief(write)} still beside it`];
  return covers(request.context, version)
    ? []
    : [
        `${request.node} sent the replicas ${brief(by)} with a context that does not cover ${version}, the version of ${brief(write)}`,
      ];
}
