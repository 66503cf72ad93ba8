/**
 * Judges `durable` without inspection, by the last read of each key through each node after all faults. An acknowledged
 * write is lost if these reads return only values of writes that ended before it began, by more than stamps may deviate
 * from real time (slack.ts). It is also lost if they return nothing although no delete can have taken effect after it
 * began. Any other value may have superseded the write.
 */
import { isAcknowledged } from "../columnar/operation.ts";
import { lastReadsOf } from "../model/last-reads.ts";
import {
  allOf,
  apart,
  brief,
  milliseconds,
  named,
  returned,
  together,
} from "../messages/operation-messages.ts";
import { faultsOver } from "../messages/because.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { slackUsOf } from "../model/slack.ts";
import { fromLastReads } from "../model/checker.ts";
import type { LastReads } from "../model/last-reads.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export function durableByReads(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let acknowledgedCount = 0;
  let judged = 0;
  for (const [key, operations] of model.keys) {
    const acknowledged = operations.filter(isAcknowledged);
    acknowledgedCount += acknowledged.length;
    if (acknowledged.length === 0) continue;
    const last = lastReadsOf(model, key);
    if (last.reads.length === 0) {
      undecided.push(`no read of ${key} succeeded in the final phase`);
      continue;
    }
    judged += acknowledged.length;
    const slackUs = slackUsOf(model, key, acknowledged);
    const lost = lostTo(model, operations, acknowledged, last.reads, slackUs);
    // The write may be on a node through which no last read succeeded.
    if (lost.length > 0 && last.missing.length > 0)
      undecided.push(
        `no read of ${key} through ${allOf(last.missing)} succeeded in the final phase`,
      );
    else anomalies.push(...lost.map((write) => anomalyOf(model, write, last)));
  }
  if (acknowledgedCount === 0) return notApplicable("no write was acknowledged");
  return conclude({
    anomalies,
    undecided,
    judged,
    judgedFrom: fromLastReads(model.run, ["inspection", "versions", "quorums"]),
    measurements: { acknowledged: acknowledgedCount },
  });
}

/**
 * The acknowledged writes that the reads prove lost. Takes O(n): of all writes and deletes that the reads may show,
 * only the latest end matters.
 */
function lostTo(
  model: Model,
  operations: readonly Operation[],
  acknowledged: readonly Operation[],
  reads: readonly Operation[],
  slackUs: number,
): Operation[] {
  const shown = new Set<Operation>();
  let latestUs = -Infinity;
  const note = (endUs: number): void => {
    latestUs = Math.max(latestUs, endUs);
  };
  const writers = model.writers(reads[0]?.key ?? "");
  for (const { versions } of reads) {
    if (versions.every(({ value }) => value === null)) {
      for (const one of operations)
        if (one.f === "delete" && one.outcome !== "fail") note(effectEndUs(one));
    }
    for (const versioned of versions) {
      if (versioned.value === null) continue;
      const writer = writers.of(versioned);
      if (writer !== undefined) shown.add(writer);
      // A value whose writer is unknown excuses every lost write. Other guarantees report values that nobody wrote and
      // values of failed writes.
      note(writer === undefined ? Infinity : effectEndUs(writer));
    }
  }
  if (slackUs === Infinity && latestUs > -Infinity) return [];
  return acknowledged.filter((write) => !shown.has(write) && latestUs + slackUs < write.startUs);
}

const effectEndUs = ({ outcome, endUs }: Operation): number =>
  outcome === "ok" ? endUs : Infinity;

function anomalyOf(model: Model, write: Operation, { reads }: LastReads): Anomaly {
  const shown = together(reads.map((read) => [read.node, returned(read.versions)] as const)).map(
    ([nodes, what]) => `${what} through ${allOf(nodes)}`,
  );
  const atUs = reads.at(-1)?.endUs ?? write.endUs;
  const writers = model.writers(write.key);
  const older = new Set(
    reads.flatMap((read) => read.versions.flatMap((versioned) => writers.of(versioned) ?? [])),
  );
  return {
    guarantee: "durable",
    explanation: `${named(write)}${write.f === "write" ? ` (${write.value ?? "?"})` : ""} was acknowledged at ${milliseconds(write.endUs)}, but the last reads returned ${allOf(shown)}`,
    operations: [write.op, ...reads.map(({ op }) => op)].slice(0, 5),
    key: write.key,
    atUs,
    because: [
      ...[...older].map(
        (one) =>
          `${brief(one)} had ended ${apart(write.startUs - one.endUs)} before ${brief(write)} began`,
      ),
      ...faultsOver(model, write.key, write.startUs, atUs),
    ],
  };
}
