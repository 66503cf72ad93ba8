/** Checks `unique-ids`: no id may be given twice, by any node to any client, even after restarts. */
import { conclude, notApplicable } from "../conclude.ts";
import { faultsOver } from "../messages/because.ts";
import { milliseconds, named } from "../messages/operation-messages.ts";
import { type Checker, lacks } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const uniqueIds: Checker<"unique-ids"> = {
  name: "unique-ids",
  meaning: "no id is given to two operations, also across restarts",
  predicate: "No two operations that succeeded returned equal ids.",
  source: "Jepsen's and Maelstrom's unique-ids.",
  // Needs no versions: a target with an operation `generate` of its own gives ids without versions.
  needs: [],
  workloads: ["unique-ids"],
  check: judgeUniqueIds,
};

/**
 * Any two operations that returned an id must have returned different ids. Real time does not matter. Takes linear time
 * except for sorting.
 */
function judgeUniqueIds(model: Model): Judgement {
  const generated = model.operations
    .filter(({ result }) => result !== undefined)
    .sort((a, b) => a.endUs - b.endUs);
  if (generated.length === 0 && !model.run.has.has("versions"))
    return notApplicable(lacks("versions"));
  /** For each id as JSON, the operation that got it first. */
  const firsts = new Map<string, Operation>();
  const anomalies: Anomaly[] = [];
  for (const operation of generated) {
    const id = JSON.stringify(operation.result);
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, operation);
    else anomalies.push(repeated(model, id, first, operation));
  }
  const shownNone =
    generated.length === 0 && model.operations.some(({ outcome }) => outcome === "ok");
  return conclude({
    anomalies,
    undecided: shownNone ? ["no operation returned an id"] : [],
    judged: generated.length,
    measurements: { ids: firsts.size },
  });
}

function repeated(model: Model, id: string, first: Operation, again: Operation): Anomaly {
  const { key, endUs } = again;
  return {
    guarantee: "unique-ids",
    explanation: `${named(again)} through ${again.node} got the id ${id} at ${milliseconds(endUs)}, which ${named(first)} through ${first.node} had got at ${milliseconds(first.endUs)}`,
    operations: [first.op, again.op],
    key,
    atUs: endUs,
    because: faultsOver(model, key, Math.min(first.startUs, again.startUs), endUs),
  };
}
