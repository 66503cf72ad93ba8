/** Checks `durable`: after the final phase, every acknowledged write is on the replicas or was superseded. */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { isRead } from "../columnar/operation-table.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { faultsOver } from "../messages/because.ts";
import { isAcknowledged } from "../columnar/operation.ts";
import { supersededOf } from "../model/superseded.ts";
import { lostMessage } from "./lost-messages.ts";
import { holdings } from "../messages/version-messages.ts";
import { survivorsByReads, survivorsOf } from "../model/survivors.ts";
import { cameBack } from "../messages/tombstones.ts";
import { olderInPlace } from "../messages/replaced.ts";
import { stampsTold } from "../messages/told-stamps.ts";
import { retained } from "./retained.ts";
import { elementsOf } from "./durable-elements.ts";
import type { Model } from "../model/model.ts";
import { fromLastReads, lacks } from "../model/checker.ts";
import { durableByReads } from "./durable-by-reads.ts";
import { slackUsOf } from "../model/slack.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Survivors } from "../model/survivors.ts";
import type { Key, VersionedValue } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const durable: Checker<"durable"> = {
  name: "durable",
  meaning: "an acknowledged write is on the replicas at the end, or was superseded",
  predicate:
    "After the final phase each acknowledged write is on the replicas, or a surviving write superseded it. Under last write wins the surviving write needs a larger stamp; under siblings its writer must have seen the lost write.",
  source:
    "DeCandia et al., Dynamo, SOSP 2007, sections 4.4 and 4.5. The figures for each element follow Jepsen's set-full checker.",
  needs: [],
  workloads: keyedWorkloads,
  check: judgeDurable,
};

function judgeDurable(model: Model): Judgement {
  if (model.columns.table.f.subarray(0, model.columns.table.count).every((f) => f === isRead))
    return notApplicable("the history has no write or delete");
  const { has } = model.run;
  if (!has.has("inspection") || !has.has("versions") || !has.has("quorums"))
    return model.run.workload !== "siblings"
      ? durableByReads(model)
      : has.has("siblings")
        ? durableBy(model, survivorsByReads)
        : notApplicable(lacks("siblings"));
  return durableBy(model, survivorsOf);
}

function durableBy(
  model: Model,
  survivorsIn: (model: Model, key: Key) => Survivors | null,
): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const acknowledged = operations.filter(isAcknowledged);
    if (acknowledged.length === 0) continue;
    const survivors = survivorsIn(model, key);
    if (survivors === null) {
      undecided.push(
        survivorsIn === survivorsOf
          ? `it is not known which nodes replicate ${key}`
          : `no read of ${key} succeeded in the final phase`,
      );
      continue;
    }
    const losses =
      model.run.versions === "stamps"
        ? lostStamps(model, key, acknowledged, survivors)
        : lostSiblings(model, key, acknowledged, survivors);
    judged += acknowledged.length;
    // The write may be on a replica that was not inspected.
    if (losses.length > 0 && survivors.missing.length > 0)
      undecided.push(
        `what every replica of ${key} holds after the final phase is not known: ${survivors.missing.join(", ")} missing`,
      );
    else anomalies.push(...losses.map((loss) => anomalyOf(model, key, loss, survivors)));
  }
  return conclude({
    anomalies,
    undecided,
    judged,
    judgedFrom: fromLastReads(model.run, ["inspection", "versions", "quorums"]),
    measurements: { acknowledged: judged, ...elementsOf(model) },
  });
}

export interface Loss {
  readonly write: Operation;
  /**
   * A write that survives, or a delete whose tombstone may be gone, with a higher stamp than the lost write although it
   * had ended before the lost write began. Absent: there is none.
   */
  readonly by?: Operation;
  /**
   * The surviving values that a lost delete should have removed, if its tombstone may be gone. Empty or absent for any
   * other loss.
   */
  readonly left?: readonly VersionedValue[];
}

/**
 * The key's deletes whose tombstones may be gone. Such a delete counts as if its tombstone were still there. It is not
 * lost just because no replica holds the tombstone.
 */
function goneDeletes({ run, keys }: Model, key: Key): readonly Operation[] {
  return run.deletes === undefined
    ? []
    : (keys.get(key) ?? []).filter(({ f, outcome }) => f === "delete" && outcome !== "fail");
}

/**
 * If the last write wins: an acknowledged write is lost unless it survives, or something with a higher stamp may
 * rightly have replaced it. That is a survivor, or a delete whose tombstone may be gone. It must not have ended before
 * the write began, by more than stamps may deviate from real time. If nothing has a higher stamp, a delete whose
 * tombstone may be gone is lost only if a value survives.
 */
function lostStamps(
  model: Model,
  key: Key,
  acknowledged: readonly Operation[],
  { versions }: Survivors,
): Loss[] {
  const writers = model.writers(key);
  const slackUs = slackUsOf(model, key, acknowledged);
  const alive = versions.map((versioned) => ({
    writer: writers.of(versioned),
    rank: writers.rank(versioned),
  }));
  const gone = goneDeletes(model, key);
  // A delete with an unknown version may have any stamp. It counts as the highest: "~" sorts after every stamp.
  const standing = [
    ...alive,
    ...gone.map((writer) => ({ writer, rank: writers.versionOf(writer) ?? "~" })),
  ];
  return acknowledged.flatMap((write): Loss[] => {
    if (alive.some(({ writer }) => writer === write)) return [];
    const own = writers.versionOf(write);
    const outranking = standing.filter(({ rank }) => own !== undefined && rank > own);
    // A survivor whose writer is unknown or indeterminate has no known end, so it may have ended after the write began.
    const legal = ({ writer }: (typeof alive)[number]): boolean =>
      writer === undefined || writer.outcome !== "ok" || writer.endUs + slackUs >= write.startUs;
    if (outranking.some(legal)) return [];
    const by = outranking[0]?.writer;
    if (by !== undefined) return [{ write, by }];
    if (!gone.includes(write)) return [{ write, left: [] }];
    // The write is a delete, and no survivor is known to have a higher stamp. The tombstone of an older delete is not a
    // value that the delete should have removed.
    const left = versions.filter(({ value }) => value !== null);
    return left.length === 0 ? [] : [{ write, left }];
  });
}

/**
 * For siblings: an acknowledged write is lost unless it survives, or a survivor or a delete whose tombstone may be gone
 * superseded it. A delete whose tombstone may be gone is lost only if a value survives that it superseded.
 */
function lostSiblings(
  model: Model,
  key: Key,
  acknowledged: readonly Operation[],
  { versions }: Survivors,
): Loss[] {
  const superseded = supersededOf(model, key, "possible");
  const alive = superseded.writersOf(versions);
  const gone = goneDeletes(model, key);
  const certainly = supersededOf(model, key, "certain");
  // A tombstone is not a value that the delete should have removed.
  const deletedBy = (write: Operation): VersionedValue[] =>
    versions.filter(
      (held) =>
        held.value !== null &&
        certainly.writersOf([held]).some((other) => certainly.by(write, other)),
    );
  return acknowledged
    .filter((write) => !alive.includes(write) && !superseded.byAny([...alive, ...gone], write))
    .map((write) => ({ write, left: gone.includes(write) ? deletedBy(write) : [] }))
    .filter(({ write, left }) => !gone.includes(write) || left.length > 0);
}

const retainedOf = new WeakMap<Model, readonly Anomaly[]>();

/**
 * At most four sentences about nodes that had the write durable and did not show it after a restart, and why. Empty
 * without evidence.
 */
function notKeptByNodes(model: Model, key: Key, write: Operation): string[] {
  if (!model.run.capabilities.evidence) return [];
  let found = retainedOf.get(model);
  if (found === undefined) retainedOf.set(model, (found = retained.check(model).anomalies));
  return found
    .filter((anomaly) => anomaly.key === key && anomaly.operations.includes(write.op))
    .flatMap(({ explanation, because = [] }) => [explanation, ...because])
    .slice(0, 4);
}

function anomalyOf(model: Model, key: Key, loss: Loss, survivors: Survivors): Anomaly {
  const { explanation, operations, because } = lostMessage(model, key, loss, survivors);
  const atUs = model.inspections.findLast(({ when }) => when === "final")?.atUs;
  return {
    guarantee: "durable",
    explanation,
    operations,
    key,
    ...(atUs === undefined ? {} : { atUs }),
    because: [
      ...because,
      ...notKeptByNodes(model, key, loss.write),
      ...(loss.by === undefined ? [] : stampsTold(model, loss.write)),
      ...holdings(model, key, survivors.states),
      ...olderInPlace(model, key, atUs ?? Infinity),
      ...cameBack(model, key, atUs ?? Infinity),
      ...faultsOver(model, key, loss.write.startUs, atUs ?? Infinity),
    ],
  };
}
