/**
 * Checks `siblings-6`: a dot is never issued twice. All operations, reads and inspections that show a dot must agree on
 * its write.
 */
import type { Checker } from "../model/checker.ts";
import { brief, milliseconds, valueName } from "../messages/operation-messages.ts";
import { conclude } from "../conclude.ts";
import { faultsOver } from "../messages/because.ts";
import type { Model } from "../model/model.ts";
import type { Key, Value, VersionName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

interface Issue {
  readonly value: Value;
  readonly op: number | undefined;
  readonly where: string;
}

export const uniqueDots: Checker<"siblings-6"> = {
  name: "siblings-6",
  meaning: "a dot is never issued twice",
  predicate:
    "A dot (actor, counter) of a key names one write only, in replies, inspections and evidence.",
  source: "Preguiça et al., Dotted Version Vectors, 2010, section 3.",
  needs: ["siblings"],
  workloads: ["siblings"],
  check: judgeUniqueDots,
};

function judgeUniqueDots(model: Model): Judgement {
  const issued = new Map<string, Issue>();
  const clashing = new Set<string>();
  const anomalies: Anomaly[] = [];
  const note = (key: Key, version: VersionName, issue: Issue, atUs: number): void => {
    const dot = JSON.stringify([key, version]);
    const before = issued.get(dot);
    if (before === undefined) issued.set(dot, issue);
    else if (before.value !== issue.value || (issue.op !== undefined && before.op !== issue.op)) {
      if (clashing.has(dot)) return;
      clashing.add(dot);
      const explanation = `the dot ${version} of ${key} names two writes: ${valueName(before.value)} (${before.where}) and ${valueName(issue.value)} (${issue.where})`;
      const operations = [before.op, issue.op].flatMap((op) => op ?? []);
      const beganUs = Math.min(
        ...operations.flatMap((op) => model.operation.get(op)?.startUs ?? []),
      );
      const because = [
        ...operations.flatMap((op) => madeFor(model, version, op)),
        ...faultsOver(model, key, beganUs, atUs),
      ];
      anomalies.push({
        guarantee: "siblings-6",
        explanation,
        operations,
        key,
        atUs,
        ...(because.length === 0 ? {} : { because }),
      });
    }
  };

  for (const [key, operations] of model.keys) {
    const writers = model.writers(key);
    // Writes come before reads, since a write is the operation that its dot was issued to, and a read only shows the
    // dot.
    for (const write of operations) {
      const version = writers.versionOf(write);
      if (version !== undefined)
        note(
          key,
          version,
          { value: write.value ?? null, op: write.op, where: `${write.f} ${write.op}` },
          write.endUs,
        );
    }
    for (const read of operations) {
      if (read.f !== "read") continue;
      for (const { version, value } of read.versions) {
        note(
          key,
          version,
          { value, op: writers.of({ version, value })?.op, where: `as ${brief(read)} returned it` },
          read.endUs,
        );
      }
    }
  }
  for (const { node, atUs, state } of model.inspections) {
    for (const [key, { versions }] of Object.entries(state)) {
      for (const { version, value } of versions)
        note(
          key,
          version,
          { value, op: undefined, where: `as ${node} held it at ${milliseconds(atUs)}` },
          atUs,
        );
    }
  }
  return conclude({ anomalies, judged: issued.size });
}

/**
 * A sentence about the coordinator that first sent replicas this dot for the operation. Empty if the dot was not given
 * to the operation, or if no request is recorded.
 */
function madeFor(model: Model, version: VersionName, op: number): string[] {
  const write = model.operation.get(op);
  if (write === undefined || model.writers(write.key).versionOf(write) !== version) return [];
  const request = (model.evidence.storeRequests.get(op) ?? []).find(
    ({ cause, versions }) => cause === "write" && versions.includes(version),
  );
  return request === undefined
    ? []
    : [
        `${request.node} (boot ${request.boot}) gave the dot ${version} to ${brief(write)} at ${milliseconds(request.atUs)}`,
      ];
}
