/**
 * Checks `no-crash`: a node may end only by a planned fault. Judged by the ends that the harness recorded, not by what
 * nodes say. If something else than the node itself ended it, the result is `unknown`. If a planned fault keeps the
 * node's disk from accepting writes, the node's end counts as planned: the documentation of many stores says that they
 * stop then.
 */
import type { Checker } from "../model/checker.ts";
import { conclude } from "../conclude.ts";
import { hasEffect } from "../model/fault-windows.ts";
import { milliseconds } from "../messages/operation-messages.ts";
import type { NodeEndedEvent } from "../language/history.ts";
import type { Model } from "../model/model.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const noCrash: Checker<"no-crash"> = {
  name: "no-crash",
  meaning: "a node ends only by a planned fault",
  predicate:
    "No node process ends by itself, unless a planned fault keeps the node's disk from taking writes at that time. If the container engine or somebody else ended the process, the verdict is unknown.",
  source: "quorate's own rule.",
  needs: ["processes"],
  workloads: "all",
  check: judgeNoCrash,
};

function judgeNoCrash(model: Model): Judgement {
  const { run, unplannedEnds } = model;
  const ends = unplannedEnds.filter((end) => !isExcused(model, end));
  const undecided = ends
    .filter(({ by }) => by !== "itself")
    .map(({ node, atUs, detail }) => `${node} ended at ${milliseconds(atUs)}: ${detail}`);
  return conclude({
    anomalies: ends.filter(({ by }) => by === "itself").map((end) => anomalyOf(model, end)),
    undecided,
    judged: run.nodes.length,
    measurements: { ends: unplannedEnds.length },
  });
}

function isExcused({ faults }: Model, { node, atUs }: NodeEndedEvent): boolean {
  return faults.some(
    (fault) =>
      fault.nodes.has(node) &&
      hasEffect(fault, "writes-refused") &&
      fault.fromUs <= atUs &&
      atUs <= fault.toUs,
  );
}

function anomalyOf({ faults, operations }: Model, end: NodeEndedEvent): Anomaly {
  const { node, atUs, detail } = end;
  const held = faults.filter(({ fromUs, toUs }) => fromUs <= atUs && atUs <= toUs);
  const coordinated = operations.filter(
    (operation) => operation.node === node && operation.startUs <= atUs && operation.endUs >= atUs,
  );
  return {
    guarantee: "no-crash",
    explanation: `${node} ended by itself at ${milliseconds(atUs)}; no planned fault explains this end: ${detail}`,
    operations: coordinated.slice(0, mostOperations).map(({ op }) => op),
    atUs,
    ...(held.length === 0
      ? {}
      : {
          because: held.map(
            ({ kind, nodes }) =>
              `a fault (${kind}) was active on ${[...nodes].join(", ")} at that time`,
          ),
        }),
  };
}

/** An anomaly names at most this many of the operations that the node coordinated when it ended. */
const mostOperations = 5;
