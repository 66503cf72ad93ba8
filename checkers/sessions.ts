/**
 * The four session guarantees (Terry et al., PDIS 1994), per client process and key. "At least" is the order of stamps, or the
 * causal context: what a read returned covers the version.
 */
import { conclude, notApplicable } from "./judgement.ts";
import { brief, milliseconds, named, returned } from "./words.ts";
import { absenceOf } from "./absence.ts";
import { covers, dominates } from "./versions.ts";
import { faultsOver } from "./because.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Anomaly, GuaranteeName, Judgement } from "./index.ts";

export type SessionGuarantee = Extract<GuaranteeName, "read-your-writes" | "monotonic-reads" | "monotonic-writes" | "writes-follow-reads">;

/** Which operation must be at least which earlier one of its session: its kind, and the kind of the earlier one. */
const pairs: Readonly<Record<SessionGuarantee, { readonly earlier: "read" | "write"; readonly later: "read" | "write" }>> = {
  "read-your-writes": { earlier: "write", later: "read" },
  "monotonic-reads": { earlier: "read", later: "read" },
  "monotonic-writes": { earlier: "write", later: "write" },
  "writes-follow-reads": { earlier: "read", later: "write" },
};

export const session = (guarantee: SessionGuarantee) => (model: Model): Judgement => {
  const { earlier, later } = pairs[guarantee];
  const kind = (operation: Operation): "read" | "write" => (operation.f === "read" ? "read" : "write");
  const last = new Map<string, Operation>();
  const anomalies: Anomaly[] = [];
  let judged = 0;
  // In the order of invocations: a process has one operation at a time.
  for (const operation of model.operations) {
    if (operation.outcome !== "ok") continue;
    const session = JSON.stringify([operation.client, operation.process, operation.key]);
    const before = last.get(session);
    if (before !== undefined && kind(operation) === later && before.endUs <= operation.startUs && !blind(model, operation)) {
      judged++;
      if (!atLeast(model, operation, before)) anomalies.push(anomalyOf(model, guarantee, before, operation));
    }
    // A read that went back does not lower what the next one is held to.
    if (kind(operation) === earlier && (before === undefined || guarantee !== "monotonic-reads" || atLeast(model, operation, before))) last.set(session, operation);
  }
  return judged === 0 ? notApplicable(`no client did a ${later} after an acknowledged ${earlier} of the same key`) : conclude({ anomalies, judged });
};

/** Among siblings, a put without a context is ordered after nothing, and promises nothing. */
const blind = ({ run }: Model, operation: Operation): boolean => run.versions === "siblings" && operation.f !== "read" && operation.contextOf === undefined;

function atLeast(model: Model, later: Operation, earlier: Operation): boolean {
  if (model.run.versions === "stamps") {
    if (later.f === "read" && absenceOf(model, later) === "any") return true;
    const before = stampOf(model, earlier);
    const after = stampOf(model, later);
    return before === undefined || (after !== undefined && after >= before);
  }
  const shown = later.versions.map(({ version }) => version);
  // The tombstone of a delete may have gone, and with it what the replicas knew of it and of what it deleted.
  if (model.run.deletes !== undefined && later.f === "read" && deletedBy(model, later)) return true;
  if (earlier.f !== "read") return earlier.versions.every(({ version }) => shown.includes(version) || covers(seenBy(model, later), version));
  const context = seenBy(model, later);
  return earlier.context === undefined || (context !== undefined && dominates(context, earlier.context));
}

const deletedBy = ({ keys }: Model, read: Operation): boolean => (keys.get(read.key) ?? []).some(({ f, outcome, startUs }) => f === "delete" && outcome !== "fail" && startUs <= read.endUs);

/** Siblings: what a read covers; a write, what it declared by the context that it carried. */
function seenBy(model: Model, operation: Operation): Operation["context"] {
  if (operation.f === "read") return operation.context;
  return operation.contextOf === undefined ? undefined : model.operation.get(operation.contextOf)?.context;
}

function stampOf(model: Model, operation: Operation): string | undefined {
  const writers = model.writers(operation.key);
  if (operation.f !== "read") return writers.versionOf(operation);
  const versioned = operation.versions[0];
  return versioned === undefined ? absenceOf(model, operation) : writers.rank(versioned);
}

function anomalyOf(model: Model, guarantee: SessionGuarantee, earlier: Operation, later: Operation): Anomaly {
  const had = earlier.f === "read" ? `${brief(earlier)} had returned ${returned(earlier.versions)}` : `${brief(earlier)} had been acknowledged`;
  const does = later.f === "read" ? `returned ${returned(later.versions)}, which is older` : "was ordered before it";
  return {
    guarantee,
    explanation: `${named(later)} ${does}, although to the same client ${had} ${milliseconds(later.startUs - earlier.endUs)} before it began`,
    operations: [earlier.op, later.op],
    key: later.key,
    atUs: later.endUs,
    because: faultsOver(model, later.key, earlier.startUs, later.endUs),
  };
}
