/**
 * Checks `converged`: within the bound after repair can begin in the final phase, all replicas of a key that repair
 * covers must hold equal states, and some write must have made each version in them. On a real clock, the result is
 * `unknown` if the bound passes while repair still makes progress. Without inspection, or if quorums or repair are
 * unknown, only reads are compared (converged-by-reads.ts).
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { convergedByReads } from "./converged-by-reads.ts";
import { convergenceOf } from "./convergence.ts";
import { convergingKeys, restartedUs } from "./final-phase.ts";
import { divergencesOf } from "./divergence.ts";
import { faultsOver } from "../messages/because.ts";
import { isAcknowledged } from "../columnar/operation.ts";
import { olderInPlace } from "../messages/replaced.ts";
import { sameVersion } from "../messages/ties.ts";
import { unrepaired } from "./unrepaired.ts";
import { quantiles } from "../numbers/quantiles.ts";
import { milliseconds, valueName } from "../messages/operation-messages.ts";
import { holdings } from "../messages/version-messages.ts";
import { survivorsOf } from "../model/survivors.ts";
import type { Convergence } from "./convergence.ts";
import type { Model } from "../model/model.ts";
import type { NodeName, ReplicaState } from "../language/history.ts";
import type { Anomaly, Judgement, Measurement } from "../language/verdict.ts";

export const converged: Checker<"converged"> = {
  name: "converged",
  meaning:
    "after the faults end, all replicas of every key that repair covers become equal within the bound",
  predicate:
    "Within the target's bound after the final phase has healed the faults and restarted the nodes, all replicas of each key that a repair mechanism covers hold equal state, and that state has only what operations of the history wrote. Without inspection, the last reads through each node must agree.",
  source:
    "Vogels, Eventually Consistent, CACM 52(1), 2009; DeCandia et al., Dynamo, SOSP 2007, section 4.7.",
  needs: [],
  workloads: keyedWorkloads,
  check: judgeConverged,
};

function judgeConverged(model: Model): Judgement {
  const { has } = model.run;
  if (!has.has("inspection") || !has.has("quorums") || !has.has("repair"))
    return convergedByReads(model);
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  const perKey: Record<string, Measurement> = {};
  const times: number[] = [];
  const mechanisms: Record<string, number> = {};
  const promised = convergingKeys(model);
  if (restartedUs(model) === undefined)
    undecided.push("the final phase did not heal all faults and start the nodes again");
  else if (promised.size === 0)
    return notApplicable(
      "no repair mechanism covers any key, so the replicas need not become equal",
    );
  for (const key of Object.keys(model.run.preference)) {
    const convergence = convergenceOf(model, key);
    if (typeof convergence === "string") {
      if (promised.has(key)) undecided.push(convergence);
      continue;
    }
    if (convergence.timeToEqualUs !== undefined) times.push(convergence.timeToEqualUs / 1000);
    const divergences = divergencesOf(model, key);
    for (const { mechanism } of divergences)
      mechanisms[mechanism] = (mechanisms[mechanism] ?? 0) + 1;
    perKey[key] = {
      promised: promised.has(key),
      equal: convergence.equal,
      timeToEqualMs:
        convergence.timeToEqualUs === undefined ? null : convergence.timeToEqualUs / 1000,
      replicas: Object.fromEntries(
        [...convergence.replicas].map(([node, { settledUs }]) => {
          const last = divergences.findLast((divergence) => divergence.node === node);
          const ended: Measurement =
            last === undefined
              ? null
              : {
                  mechanism: last.mechanism,
                  version: last.version,
                  behindMs: last.behindUs / 1000,
                  atMs: last.atUs / 1000,
                };
          return [
            node,
            { settledMs: (settledUs - (restartedUs(model) ?? 0)) / 1000, lastDivergence: ended },
          ];
        }),
      ),
    };
    const fromUs = promised.get(key);
    if (fromUs === undefined) continue;
    const problem = problemOf(model, convergence, fromUs);
    if (problem?.proved === true) anomalies.push(anomalyOf(model, convergence, problem.what));
    else if (problem !== null) undecided.push(problem.what);
  }
  const judged = Math.max(0, promised.size - undecided.length);
  return conclude({
    anomalies,
    undecided,
    judged,
    measurements: { keys: perKey, timeToEqualMs: quantiles(times), divergencesEndedBy: mechanisms },
  });
}

/**
 * Repair still makes progress if a replica reached a new state shortly before the last final inspection: within this
 * share of the bound.
 */
const recently = 0.25;

interface Problem {
  readonly proved: boolean;
  readonly what: string;
}

function problemOf(model: Model, convergence: Convergence, fromUs: number): Problem | null {
  const { run } = model;
  const { key, equal, lastOtherUs, lastProgressUs, finalUs, versions } = convergence;
  const boundUs = run.bounds.convergeUs;
  const deadlineUs = fromUs + boundUs;
  const late = !equal || lastOtherUs > deadlineUs;
  if (late) {
    const what = equal
      ? `the replicas of ${key} became equal only after the bound of ${milliseconds(boundUs)}`
      : `${milliseconds(finalUs - fromUs)} after repair could begin (bound ${milliseconds(boundUs)}) the replicas of ${key} still differ`;
    if (finalUs < deadlineUs)
      return { proved: false, what: `the final phase was cut short: ${what}` };
    if (run.on !== "sim" && finalUs - lastProgressUs < boundUs * recently)
      return { proved: false, what: `${what}, but repair still made progress` };
    return { proved: true, what };
  }
  const writers = model.writers(key);
  const foreign = versions.find(
    (versioned) =>
      writers.of(versioned) === undefined &&
      (versioned.value !== null || writers.anonymousDeletes.length === 0),
  );
  return foreign === undefined
    ? null
    : {
        proved: true,
        what: `the replicas of ${key} are equal, but no operation wrote ${valueName(foreign.value)} (${foreign.version})`,
      };
}

function anomalyOf(model: Model, { key, versions, finalUs }: Convergence, what: string): Anomaly {
  const writers = model.writers(key);
  const states = survivorsOf(model, key)?.states ?? new Map<NodeName, ReplicaState>();
  const wrote = [...new Set(versions.flatMap((versioned) => writers.of(versioned)?.op ?? []))];
  const last = (model.keys.get(key) ?? []).findLast(isAcknowledged);
  return {
    guarantee: "converged",
    explanation: `${what}: ${holdings(model, key, states).join("; ")}`,
    // If nobody wrote what the replicas hold, names the key's last acknowledged write.
    operations: wrote.length === 0 ? (last === undefined ? [] : [last.op]) : wrote.slice(0, 5),
    key,
    atUs: finalUs,
    because: [
      ...wrote.slice(0, 1).flatMap((op) => {
        const write = model.operation.get(op);
        return write === undefined ? [] : sameVersion(model, write);
      }),
      ...unrepaired(model, key, states, finalUs),
      ...olderInPlace(model, key, finalUs),
      ...faultsOver(model, key, -Infinity, finalUs),
    ],
  };
}
