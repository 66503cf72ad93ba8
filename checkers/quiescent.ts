/**
 * repair-quiescent: once the replicas are equal, repair traffic is zero, and another read of every key causes no repair. Judged from the
 * Host's evidence between the final inspection, which the wait for quiet precedes, and the end, with the last read of each key between.
 */
import { brief, milliseconds, named } from "./words.ts";
import { conclude, notApplicable } from "./judgement.ts";
import { convergenceOf } from "./convergence.ts";
import { convergingKeys, restartedUs } from "./ending.ts";
import { startOfBoot } from "./position.ts";
import type { StoreRequest } from "./evidence.ts";
import type { Model } from "./model.ts";
import type { Anomaly, Judgement } from "./index.ts";

/**
 * Where tombstones go in time, equal replicas may still send each other one: a replica is told of a deletion that it missed, so that all can let go
 * of it. To be told of the same one again is none: somebody copies back what was reaped.
 */
function spreads(model: Model, repairs: readonly StoreRequest[], index: number): boolean {
  const repair = repairs[index];
  if (repair === undefined || model.run.deletes === undefined) return false;
  const writers = model.writers(repair.key);
  const isTombstone = repair.versions.every((version) => (writers.byVersion(version)?.f ?? "delete") === "delete");
  const restartUs = restartedUs(model) ?? 0;
  const same = (other: StoreRequest): boolean =>
    other.atUs >= restartUs && other.node === repair.node && other.peer === repair.peer && other.versions.join() === repair.versions.join();
  return isTombstone && !repairs.slice(0, index).some(same);
}

export function repairQuiescent(model: Model): Judgement {
  const { run, evidence, operation } = model;
  if (!run.evidence) return conclude({ anomalies: [], undecided: ["the Host's evidence was not recorded"], judged: 0 });
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  if (restartedUs(model) === undefined) undecided.push("the ending did not heal and restart the nodes");
  const complete = run.nodes.every((node) => evidence.complete(node, startOfBoot(evidence.lastBoot(node)), Infinity));
  for (const key of convergingKeys(model).keys()) {
    const convergence = convergenceOf(model, key);
    if (typeof convergence === "string") undecided.push(convergence);
    else if (!convergence.equal) undecided.push(`the replicas of ${key} did not become equal`);
    else {
      const last = (model.keys.get(key) ?? []).filter(({ f, final, outcome, startUs }) => f === "read" && final && outcome === "ok" && startUs >= convergence.finalUs).at(-1);
      const repair = evidence.repairs(key).find((one, index, all) => one.atUs > convergence.finalUs && !spreads(model, all, index));
      if (repair !== undefined) {
        const by = repair.trace === undefined ? undefined : operation.get(repair.trace);
        const cause = by === undefined ? repair.cause : `${repair.cause} of ${named(by)}`;
        const witness = by ?? last;
        const explanation =
          `the replicas of ${key} were equal at ${milliseconds(convergence.finalUs)}, but ${repair.node} still sent ${repair.versions.join(", ")} to ` +
          `${repair.peer} at ${milliseconds(repair.atUs)}, by ${cause}${witness === undefined ? "" : ` (${brief(witness)} read the key again)`}`;
        anomalies.push({ guarantee: "repair-quiescent", explanation, operations: witness === undefined ? [] : [witness.op], key, atUs: repair.atUs });
        judged++;
      } else if (last === undefined) undecided.push(`${key} was not read again after its replicas were equal`);
      else if (!complete) undecided.push("evidence of the ending is missing");
      else judged++;
    }
  }
  if (undecided.length === 0 && judged === 0) return notApplicable("no repair covers any key: replicas need not become equal");
  return conclude({ anomalies, undecided, judged });
}
