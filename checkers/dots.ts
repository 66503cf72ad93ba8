/** siblings-6: a dot is never issued twice. Everything that names a dot beside what it stands for must agree. */
import { brief, milliseconds, valueName } from "./words.ts";
import { conclude, notApplicable } from "./judgement.ts";
import type { Model } from "./model.ts";
import type { Anomaly, Judgement, Key, Value, VersionName } from "./index.ts";

interface Issue {
  readonly value: Value;
  readonly op: number | undefined;
  readonly where: string;
}

export function uniqueDots(model: Model): Judgement {
  if (model.run.versions !== "siblings") return notApplicable("keys hold one register, not siblings");
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
      const explanation = `the dot ${version} of ${key} stands for ${valueName(before.value)} (${before.where}) and for ${valueName(issue.value)} (${issue.where})`;
      anomalies.push({ guarantee: "siblings-6", explanation, operations: [before.op, issue.op].flatMap((op) => op ?? []), key, atUs });
    }
  };

  for (const [key, operations] of model.keys) {
    const writers = model.writers(key);
    // Writes first: they name the operation that the dot was issued to. A read was given none.
    for (const write of operations) {
      const version = writers.versionOf(write);
      if (version !== undefined) note(key, version, { value: write.value ?? null, op: write.op, where: `${write.f} ${write.op}` }, write.endUs);
    }
    for (const read of operations) {
      if (read.f !== "read") continue;
      for (const { version, value } of read.versions) {
        note(key, version, { value, op: writers.of({ version, value })?.op, where: brief(read) }, read.endUs);
      }
    }
  }
  for (const { node, atUs, state } of model.inspections) {
    for (const [key, { versions }] of Object.entries(state)) {
      for (const { version, value } of versions) note(key, version, { value, op: undefined, where: `${node} at ${milliseconds(atUs)}` }, atUs);
    }
  }
  return conclude({ anomalies, judged: issued.size });
}
