/**
 * Checks `repair-quiescent`: once the replicas of a key are equal, no repair may be sent, even if the key is read once
 * more. Where replicas drop tombstones over time, a replica may be told once of a delete that it missed (`spreads`).
 * Streams to new owners do not count. Uses the evidence from the final inspection to the end of the run, in which each
 * key is read for the last time. The final phase waits for quiet before it inspects. Hints that nodes still keep after
 * that wait can be an anomaly too (`hintsLeft`).
 */
import { hintsFor } from "../messages/kept-hints.ts";
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { brief, milliseconds, named } from "../messages/operation-messages.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { convergenceOf } from "./convergence.ts";
import { convergingKeys, restartedUs } from "./final-phase.ts";
import { startOfBoot } from "../evidence/position.ts";
import { canonical } from "../language/versions.ts";
import { survivorsOf } from "../model/survivors.ts";
import { holdings, versionsByWriter } from "../messages/version-messages.ts";
import type { Convergence } from "./convergence.ts";
import type { Operation } from "../columnar/operation.ts";
import type { StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, ReplicaState, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

/**
 * Whether the repair tells a replica of a delete for the first time. Where tombstones are removed in time, equal
 * replicas may do that: a replica must learn of a delete that it missed before all replicas can drop the tombstone. To
 * send the same tombstone again is a fault, unless the receiver ignored it the first time: the sender then copies back
 * what the receiver had already removed.
 */
function spreads(model: Model, repairs: readonly StoreRequest[], index: number): boolean {
  const repair = repairs[index];
  if (repair === undefined || model.run.deletes === undefined) return false;
  return isTombstone(model, repair) && toldBefore(model, repairs, index) === undefined;
}

function isTombstone(model: Model, repair: StoreRequest): boolean {
  const writers = model.writers(repair.key);
  return repair.versions.every(
    (version) => (writers.byVersion(version)?.f ?? "delete") === "delete",
  );
}

/**
 * The first earlier repair since the restart that sent the same versions over the same link and that the receiver did
 * not ignore.
 */
function toldBefore(
  model: Model,
  repairs: readonly StoreRequest[],
  index: number,
): StoreRequest | undefined {
  const repair = repairs[index];
  const restartUs = restartedUs(model) ?? 0;
  return repairs
    .slice(0, index)
    .find(
      (other) =>
        other.atUs >= restartUs &&
        other.node === repair?.node &&
        other.peer === repair.peer &&
        other.versions.join() === repair.versions.join() &&
        !wasAbsorbed(model, other, repair.atUs),
    );
}

/**
 * Whether the receiver ignored the repair `told`, because the receiver remembered a dropped tombstone that covered the
 * repair. Once the receiver forgets that tombstone, the repair must be sent again.
 */
function wasAbsorbed({ evidence }: Model, told: StoreRequest, untilUs: number): boolean {
  for (const sync of evidence.syncEvents) {
    if (sync.node !== told.peer || sync.atUs < told.atUs || sync.atUs > untilUs) continue;
    const record = sync.records.find(
      ({ key, hintFor }) => key === told.key && hintFor === undefined,
    );
    if (record !== undefined) return !told.versions.every((one) => record.versions.includes(one));
  }
  return false;
}

export const repairQuiescent: Checker<"repair-quiescent"> = {
  name: "repair-quiescent",
  meaning: "once equal, the replicas stop repairing",
  predicate:
    "After the replicas are equal, no node sends a repair, one more read of each key causes none, and all hints are handed over within the bound. Where replicas drop tombstones over time, a replica may be told once of a deletion that it missed.",
  source: "quorate's own rule.",
  needs: ["evidence", "inspection", "versions", "quorums", "repair"],
  workloads: keyedWorkloads,
  check: judgeRepairQuiescent,
};

function judgeRepairQuiescent(model: Model): Judgement {
  const { rings, evidence } = model;
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  if (restartedUs(model) === undefined)
    undecided.push("the final phase did not heal all faults and start the nodes again");
  const complete = [...rings.everMembers].every((node) =>
    evidence.complete(node, startOfBoot(evidence.lastBoot(node)), Infinity),
  );
  for (const key of convergingKeys(model).keys()) {
    const convergence = convergenceOf(model, key);
    if (typeof convergence === "string") undecided.push(convergence);
    else if (!convergence.equal) undecided.push(`the replicas of ${key} did not become equal`);
    else {
      const last = (model.keys.get(key) ?? [])
        .filter(
          ({ f, final, outcome, startUs }) =>
            f === "read" && final && outcome === "ok" && startUs >= convergence.finalUs,
        )
        .at(-1);
      // A `stream` is no repair: a former owner hands the key over once and drops it, which handed-over judges.
      const repairs = evidence
        .repairs(key)
        .filter(({ cause }) => cause !== "stream")
        .sort((a, b) => a.atUs - b.atUs);
      const index = repairs.findIndex(
        (one, i) => one.atUs > convergence.finalUs && !spreads(model, repairs, i),
      );
      if (index >= 0) {
        anomalies.push(anomalyOf(model, convergence, repairs, index, last));
        judged++;
      } else if (last === undefined)
        undecided.push(`no read of ${key} succeeded after its replicas were equal`);
      else if (!complete) undecided.push("evidence of the final phase is missing");
      else judged++;
    }
  }
  if (undecided.length === 0 && judged === 0)
    return notApplicable(
      "no repair mechanism covers any key, so the replicas need not become equal",
    );
  if (undecided.length === 0) anomalies.push(...hintsLeft(model));
  return conclude({ anomalies, undecided, judged });
}

/**
 * An anomaly if nodes still keep hints although all replicas are equal. The final phase waits for hints as long as for
 * replicas. A history in which the ring changed is not judged, since a hint may be for a node that left.
 */
function hintsLeft(model: Model): Anomaly[] {
  const { run, rings, evidence, phases } = model;
  const end = phases.findLast(({ phase }) => phase === "quiet" || phase === "not-quiet");
  if (
    run.repair.handoff === undefined ||
    rings.changed ||
    end?.phase !== "not-quiet" ||
    end.detail !== "replicas had stopped changing"
  )
    return [];
  const because: string[] = [];
  const isHandedOver = (key: Key, version: VersionName, target: NodeName): boolean =>
    evidence
      .repairs(key)
      .some(
        (sent) =>
          sent.cause === "handoff" &&
          sent.peer === target &&
          sent.versions.includes(version) &&
          evidence.repliesTo(sent).length > 0,
      );
  const kept = evidence.syncEvents.flatMap(({ records }) =>
    records.flatMap(({ key, versions: [version], hintFor }) =>
      hintFor === undefined || version === undefined || isHandedOver(key, version, hintFor)
        ? []
        : [{ key, version, hintFor }],
    ),
  );
  const [first] = kept;
  if (first === undefined) return [];
  for (const { key, version, hintFor } of kept.reverse())
    for (const sentence of hintsFor(model, key, version, hintFor, end.atUs))
      if (because.length < hintsSaid && !because.includes(sentence)) because.push(sentence);
  const { key } = first;
  const last = (model.keys.get(key) ?? []).findLast(
    ({ f, outcome }) => f !== "read" && outcome === "ok",
  );
  return [
    {
      guarantee: "repair-quiescent",
      explanation: `the replicas of all keys were equal at ${milliseconds(end.atUs)}, but nodes still kept hints for others, ${milliseconds(end.atUs - (restartedUs(model) ?? 0))} after the hints could be handed over (bound ${milliseconds(run.bounds.convergeUs)})`,
      operations: last === undefined ? [] : [last.op],
      key,
      atUs: end.atUs,
      because,
    },
  ];
}

/** An anomaly about hints that nodes still keep has at most this many sentences about them. */
const hintsSaid = 3;

function anomalyOf(
  model: Model,
  { key, finalUs }: Convergence,
  repairs: readonly StoreRequest[],
  index: number,
  last: Operation | undefined,
): Anomaly {
  const repair = repairs[index] as StoreRequest;
  const by = repair.trace === undefined ? undefined : model.operation.get(repair.trace);
  const witness = by ?? last;
  const before = toldBefore(model, repairs, index);
  const sent = before === undefined ? "still sent" : "again sent";
  const as = before === undefined ? "" : `, as at ${milliseconds(before.atUs)}`;
  // If no operation is recorded for the repair: a read repair may come from the last read of the key, any other repair
  // comes from no read.
  const perhaps =
    repair.cause === "read-repair" && last !== undefined
      ? ` (${brief(last)} read the key again)`
      : "";
  const cause = by !== undefined ? `${repair.cause} of ${named(by)}` : `${repair.cause}${perhaps}`;
  const states = survivorsOf(model, key)?.states ?? new Map<NodeName, ReplicaState>();
  // If the states differ here, they differ only in tombstones, which convergenceOf() did not compare.
  const bare = new Set([...states.values()].map((state) => canonical(state))).size > 1;
  const counted = bare
    ? " (a tombstone counts as nothing here, since each replica drops tombstones over time)"
    : "";
  // The replicas may store equal sets in different orders, and a store may take that for a difference.
  const held = holdings(model, key, states);
  const because = bare
    ? held
    : held.length > 1
      ? held.map((holding) => `${holding}, in this order`)
      : [];
  return {
    guarantee: "repair-quiescent",
    explanation: `the replicas of ${key} were equal at ${milliseconds(finalUs)}${counted}, but ${repair.node} ${sent} ${repair.peer === repair.node ? "itself" : repair.peer} ${versionsByWriter(model, key, repair.versions)} at ${milliseconds(repair.atUs)}${as}, by ${cause}`,
    operations: witness === undefined ? [] : [witness.op],
    key,
    atUs: repair.atUs,
    ...(because.length === 0 ? {} : { because }),
  };
}
