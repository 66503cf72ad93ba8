/**
 * Checks `staleness`: how far each read was behind. If a register level is promised, no read may miss a write that was
 * acknowledged before the read began. At L0, stamps say which write is newer; at L1 and L2, real time counts too; and
 * at L2 the history must also be 1-atomic. If no level is promised but the store has anti-entropy, a bound on time
 * holds (staleness-bound.ts). Otherwise there are only figures. Without versions, only L1 and L2 are judged.
 */
import { isOk, isRead } from "../columnar/operation-table.ts";
import { keyedWorkloads, lacks, type Checker } from "../model/checker.ts";
import { atomicityOf } from "./staleness-atomicity.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { faultsOver, outranks, repliesOf, replicasBehind } from "../messages/because.ts";
import { missedByTime } from "./staleness-time.ts";
import { excessUs, isFromStandIns, separations } from "./staleness-bound.ts";
import { quantiles } from "../numbers/quantiles.ts";
import { registerLevel } from "../register/register.ts";
import { stalenessOf } from "./staleness-reads.ts";
import { visibilityOf } from "../pbs/pbs.ts";
import { apart, brief, milliseconds, named, returned } from "../messages/operation-messages.ts";
import { olderInPlace } from "../messages/replaced.ts";
import { keysOf, type Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { StaleRead } from "./staleness-reads.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

/** The verdict lists at most this many stale reads for plots. The figures count all of them. */
const readsListed = 500;

export const staleness: Checker<"staleness"> = {
  name: "staleness",
  meaning: "reads are no further behind than the settings allow",
  predicate:
    "Where `regular-stamped`, `regular` or `linearizable` is promised, no read misses a write that was acknowledged before the read began; where `linearizable` is promised, the history is also linearizable. Elsewhere, with anti-entropy, no read misses a write that was acknowledged longer ago than faults and the bound of repair allow.",
  source:
    "Golab, Li and Shah, Analyzing consistency properties for fun and profit, PODC 2011; Bailis et al., Probabilistically Bounded Staleness, VLDB 2012.",
  needs: [],
  workloads: keyedWorkloads,
  check: judgeStaleness,
};

function judgeStaleness(model: Model): Judgement {
  const { versions } = model.run;
  if (versions === "none") return plainStaleness(model);
  const perKey = keysOf(model).map((key) => stalenessOf(model, key));
  const reads = perKey.reduce((sum, one) => sum + one.reads, 0);
  const stale = perKey.flatMap((one) => one.stale).sort((a, b) => a.read.startUs - b.read.startUs);
  const behindMs = stale.map(({ behindUs }) => behindUs / 1000);
  const byTime =
    model.run.versions === "stamps" ? keysOf(model).flatMap((key) => missedByTime(model, key)) : [];
  const measurements = {
    reads,
    stale: stale.length,
    // The number of reads that break weak multi-writer regularity (staleness-time.ts).
    ...(model.run.versions === "stamps" ? { missedByTime: byTime.length } : {}),
    behindMs: quantiles(behindMs),
    versionsBehind: quantiles(stale.map(({ versions }) => versions)),
    ...atomicityOf(model),
    ...visibilityOf(model),
    staleReads: stale.slice(0, readsListed).map(({ read, missed, behindUs, versions }) => ({
      op: read.op,
      missed: missed.op,
      behindMs: behindUs / 1000,
      versions,
    })),
  };
  const level = levelOf(model);
  if (level === null && !model.run.repair.antiEntropy)
    return { verdict: "not-applicable", reason: noBound, anomalies: [], judged: 0, measurements };
  if (level === null)
    return conclude({ anomalies: beyondBound(model, stale), judged: reads, measurements });

  const anomalies = stale.map((one) => staleByVersion(model, one));
  if (level !== "regular-stamped") {
    const known = new Set(stale.map(({ read }) => read));
    for (const { read, missed, current } of byTime)
      if (!known.has(read)) anomalies.push(staleByTime(model, read, missed, current));
  }
  if (level === "linearizable" && anomalies.length === 0) {
    anomalies.push(...notAtomic(model));
  }
  return conclude({ anomalies, judged: reads, measurements });
}

/**
 * Judges staleness without versions. A read is stale only by real time: it missed a write that began after the returned
 * one had ended.
 */
function plainStaleness(model: Model): Judgement {
  const { table } = model.columns;
  let reads = 0;
  for (let row = 0; row < table.count; row++)
    if (table.f[row] === isRead && table.outcome[row] === isOk) reads++;
  const missed = keysOf(model).flatMap((key) => missedByTime(model, key));
  const behindMs = missed.map((one) => (one.read.startUs - one.missed.endUs) / 1000);
  const measurements = {
    reads,
    stale: missed.length,
    missedByTime: missed.length,
    behindMs: quantiles(behindMs),
    ...atomicityOf(model),
    staleReads: missed.slice(0, readsListed).map((one, i) => ({
      op: one.read.op,
      missed: one.missed.op,
      behindMs: behindMs[i] ?? 0,
    })),
  };
  const level = levelOf(model);
  if (level === null || level === "regular-stamped")
    return { ...notApplicable(lacks("versions")), measurements };
  const anomalies = missed.map(({ read, missed: write, current }) =>
    staleByTime(model, read, write, current),
  );
  if (level === "linearizable" && anomalies.length === 0) anomalies.push(...notAtomic(model));
  return conclude({ anomalies, judged: reads, measurements });
}

const notAtomic = (model: Model): Anomaly[] =>
  registerLevel("linearizable")(model).anomalies.map((anomaly) => ({
    ...anomaly,
    guarantee: "staleness",
  }));

const noBound =
  "neither a promised guarantee of registers nor anti-entropy bounds how far a read may be behind, so staleness is measured and not judged";

function beyondBound(model: Model, stale: readonly StaleRead[]): Anomaly[] {
  const apart = separations(model);
  return stale.flatMap((one) => {
    const excess = excessUs(model, apart, one);
    if (excess <= 0 || isFromStandIns(model, apart, one.read)) return [];
    const anomaly = staleByVersion(model, one);
    return [
      {
        ...anomaly,
        explanation: `${anomaly.explanation}, ${milliseconds(excess)} more than faults and the bound of repair allow`,
      },
    ];
  });
}

type Level = "regular-stamped" | "regular" | "linearizable";

/**
 * The strictest promised level, or null if none is promised or the versions are siblings. Levels that the user claims
 * count too, unless `staleness` itself is promised: if a claimed level did not hold, `staleness` would seem broken as
 * well.
 */
function levelOf({ run }: Model): Level | null {
  const promised = new Set<string>(
    run.promised.includes("staleness") ? run.promised : [...run.promised, ...run.claimed],
  );
  if (run.versions === "siblings") return null;
  return (
    (["linearizable", "regular", "regular-stamped"] as const).find((level) =>
      promised.has(level),
    ) ?? null
  );
}

function staleByVersion(model: Model, { read, missed, behindUs, versions }: StaleRead): Anomaly {
  const gap = apart(read.startUs - missed.endUs);
  const explanation = `${named(read)} returned ${returned(read.versions)}, although ${brief(missed)}, a newer version, was acknowledged ${gap} before the read began; the read was ${versions} ${versions === 1 ? "version" : "versions"} and ${milliseconds(behindUs)} behind`;
  return anomalyOf(model, explanation, read, missed, [missed.op, read.op]);
}

function staleByTime(
  model: Model,
  read: Operation,
  missed: Operation,
  current: Operation | undefined,
): Anomaly {
  const gap = apart(read.startUs - missed.endUs);
  const after = current === undefined ? "" : `, begun after ${brief(current)} had ended,`;
  const explanation = `${named(read)} returned ${returned(read.versions)}, although ${brief(missed)}${after} was acknowledged ${gap} before the read began`;
  return anomalyOf(
    model,
    explanation,
    read,
    missed,
    [...(current === undefined ? [] : [current.op]), missed.op, read.op],
    current,
  );
}

function anomalyOf(
  model: Model,
  explanation: string,
  read: Operation,
  missed: Operation,
  operations: readonly number[],
  shown?: Operation,
): Anomaly {
  const version = model.writers(read.key).versionOf(missed);
  const older = shown === undefined ? [] : outranks(model, shown, missed);
  const because = [
    ...repliesOf(model, read),
    ...replicasBehind(model, missed, version, read),
    ...older,
    ...olderInPlace(model, read.key, read.endUs),
    ...faultsOver(model, read.key, missed.startUs, read.endUs),
  ];
  return {
    guarantee: "staleness",
    explanation,
    operations,
    key: read.key,
    atUs: read.endUs,
    ...(because.length === 0 ? {} : { because }),
  };
}
