/**
 * Checks `ring-agreed`: after the final phase all nodes must use the newest version of the ring, no change of the ring
 * may be incomplete, and each key may be only on its owners. A node may hold other keys if it reports them as
 * leftovers.
 */
import type { Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { allOf, milliseconds } from "../messages/operation-messages.ts";
import { repairName } from "../messages/repairs.ts";
import type { Model } from "../model/model.ts";
import type { InspectEvent, Key, NodeName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const ringAgreed: Checker<"ring-agreed"> = {
  name: "ring-agreed",
  meaning:
    "after the final phase all nodes use the same ring, no change is incomplete, and each key is only on its owners",
  predicate:
    "After the final phase all nodes use the newest version of the ring, no change is under way, and each key is only on its owners, except copies that their node has marked as left over.",
  source: "quorate's own rule; DeCandia et al., Dynamo, SOSP 2007, section 4.8.",
  needs: ["inspection", "quorums"],
  workloads: "all",
  check: judgeRingAgreed,
};

function judgeRingAgreed(model: Model): Judgement {
  const { rings, run } = model;
  const finals = lastOfEach(model);
  if (finals.size === 0) return notApplicable("no node was inspected after the final phase");
  if (!rings.changed && ![...finals.values()].some(({ ring }) => ring !== undefined))
    return notApplicable("the ring never changed");
  const { version, under, members } = rings.last;
  if (!model.rings.known(version, new Set(finals.keys())))
    return notApplicable("every disk that held the newest version of the ring lost data");
  const atUs = Math.max(...[...finals.values()].map((final) => final.atUs));
  const anomaly = (explanation: string, because: readonly string[] = []): Anomaly => ({
    guarantee: "ring-agreed",
    explanation,
    operations: [],
    atUs,
    ...(because.length === 0 ? {} : { because }),
  });
  const anomalies: Anomaly[] = [];
  const apart = [...finals].filter(([, final]) => (final.ring ?? 0) !== version);
  if (apart.length > 0)
    anomalies.push(
      anomaly(
        `after the final phase ${allOf(apart.map(([node]) => node))} ${apart.length === 1 ? "uses" : "use"} an older ring than version ${version}, the newest`,
        apart.map(([node, final]) => `${node} uses version ${final.ring ?? 0}`),
      ),
    );
  if (under !== undefined)
    anomalies.push(anomaly(`after the final phase a change of the ring is incomplete: ${under}`));
  for (const [node, { state, leftovers = 0 }] of finals) {
    const foreign = Object.keys(state).filter(
      (key) => run.preference[key] !== undefined && !rings.finalOwners(key).includes(node),
    );
    if (foreign.length > leftovers && under === undefined)
      anomalies.push(
        anomaly(
          `after the final phase ${node} holds ${foreign.join(", ")} without owning ${foreign.length === 1 ? "it" : "them"}`,
          foreign.map((key) => ownersAndSender(model, node, key)),
        ),
      );
  }
  const missing = under === undefined ? members.filter((node) => !finals.has(node)) : [];
  return conclude({
    anomalies,
    undecided: missing.map((node) => `${node}, a member, was not inspected after the final phase`),
    judged: finals.size,
    measurements: { versions: rings.versions.length - 1 },
  });
}

/**
 * A sentence that names the owners of the key, and, if the evidence shows it, the node that last sent the key to
 * `node`, which is no owner.
 */
function ownersAndSender(model: Model, node: NodeName, key: Key): string {
  const last = model.evidence.storesReceived(node, key).at(-1);
  const sender =
    last === undefined
      ? ""
      : `; ${last.peer} was the last node to send ${key} to ${node}, at ${milliseconds(last.atUs)}, by ${repairName(model, last)}`;
  return `${key} is owned by ${allOf(model.rings.finalOwners(key))}${sender}`;
}

function lastOfEach({ inspections }: Model): ReadonlyMap<NodeName, InspectEvent> {
  const finals = new Map<NodeName, InspectEvent>();
  for (const inspection of inspections)
    if (inspection.when === "final") finals.set(inspection.node, inspection);
  return finals;
}
