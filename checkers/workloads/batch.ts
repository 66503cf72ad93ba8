/**
 * batch-atomic: a read of both parts of a batch shows both or neither. A batch writes both parts, so in every order of batches both parts
 * come from the same batch, the last one; what a read shows of two batches at once is half of each.
 */
import { conclude } from "../judgement.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import { ago, byKey, type Done, mayCount } from "./done.ts";

const guarantee = "batch-atomic";

type Part = string | null;

const partsOf = ({ result }: Done): readonly [Part, Part] | null => {
  if (!Array.isArray(result) || result.length !== 2) return null;
  const [a, b] = result as readonly unknown[];
  const isPart = (part: unknown): part is Part => part === null || typeof part === "string";
  return isPart(a) && isPart(b) ? [a, b] : null;
};

/** Linear in the operations. */
export function batchAtomic(operations: readonly Done[]): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, of] of byKey(operations)) {
    const writers = new Map<Part, Done>();
    for (const operation of of)
      if (operation.f === "write" && mayCount(operation))
        writers.set(operation.value ?? "", operation);
    for (const read of of) {
      const parts = read.f === "read" && read.outcome === "ok" ? partsOf(read) : null;
      if (parts === null) continue;
      judged += 1;
      const [a, b] = parts;
      if (a === b) continue;
      const authors = [writers.get(a), writers.get(b)];
      const proof = authors.filter((author) => author !== undefined);
      anomalies.push({
        guarantee,
        key,
        atUs: read.endUs,
        explanation: `${read.client} read both parts of ${key} through ${read.node} and got ${say(a)} and ${say(b)}: half of ${halves(proof, read)}`,
        operations: [...proof.map(({ op }) => op), read.op],
      });
    }
  }
  return conclude({ anomalies, judged });
}

const say = (part: Part): string => part ?? "nothing";

const halves = (authors: readonly Done[], read: Done): string =>
  authors
    .map(({ client, value, outcome, endUs, startUs }) => {
      const when =
        outcome === "ok" && endUs <= read.startUs
          ? `acknowledged ${ago(endUs, read.startUs)} before`
          : outcome === "ok"
            ? "still running"
            : `begun ${ago(startUs, read.startUs)} before and never answered`;
      return `${client}'s batch of ${value ?? ""} (${when})`;
    })
    .join(", and half of ");
