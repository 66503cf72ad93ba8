/** Why a replica still lacks what others hold: whether it was ever sent that. As the evidence shows it; no verdict rests on it. */
import { covers } from "./versions.ts";
import { milliseconds } from "./words.ts";
import { startOfBoot } from "./position.ts";
import { valuesAsHeld, versionsByWriter } from "./version-words.ts";
import type { Model } from "./model.ts";
import type { Key, NodeName, ReplicaState, VersionName } from "./history.ts";

/** A sentence for each replica and version that it lacks, since the node was last started and until `untilUs`. */
export function unrepaired(model: Model, key: Key, states: ReadonlyMap<NodeName, ReplicaState>, untilUs: number): string[] {
  const { evidence } = model;
  const held = [...new Set([...states.values()].flatMap(({ versions }) => versions.map(({ version }) => version)))].sort();
  return [...states].flatMap(([node, state]) => {
    const boot = evidence.lastBoot(node);
    const received = evidence.storesReceived(node, key).filter((request) => request.boot === boot && request.atUs <= untilUs);
    return lackedBy(model, state, held).flatMap((version): string[] => {
      const what = versionsByWriter(model, key, [version]);
      const last = received.findLast(({ versions }) => versions.includes(version));
      if (last === undefined) return evidence.complete(node, startOfBoot(boot), Infinity) ? [`${node} was not sent ${what} since it was restarted`] : [];
      const [own] = model.run.versions === "stamps" ? state.versions : [];
      const above = own === undefined ? "" : `, though ${version} is above ${own.version}`;
      return [`${node} was last sent ${what} at ${milliseconds(last.atUs)}, by ${last.cause} of ${last.peer}, and holds ${valuesAsHeld(model, key, state.versions)} in the end${above}`];
    });
  });
}

/** Under stamps the newest of all, unless the replica has it; of siblings those that its context does not know either. */
function lackedBy({ run }: Model, { versions, context }: ReplicaState, held: readonly VersionName[]): readonly VersionName[] {
  const lacked = held.filter((version) => !versions.some((own) => own.version === version));
  return run.versions === "stamps" ? lacked.filter((version) => version === held.at(-1)) : lacked.filter((version) => !covers(context, version));
}
