/** Makes an anomaly about a key from the sentence of a checker that does not know quorate's histories. */
import type { Key } from "../language/history.ts";
import type { Anomaly } from "../language/verdict.ts";
import type { Model } from "../model/model.ts";
import { faultsOver } from "./because.ts";

/**
 * The anomaly with the key before its sentence. Its causes are the faults between the start of the first operation and
 * the end of the last one. An operation without an end counts as ended at its start.
 */
export function workloadAnomaly(
  model: Model,
  guarantee: string,
  key: Key,
  sentence: string,
  operations: readonly number[],
): Anomaly {
  const named = operations.flatMap((op) => model.operation.get(op) ?? []);
  const fromUs = Math.min(...named.map(({ startUs }) => startUs));
  const atUs = Math.max(
    ...named.map(({ endUs, startUs }) => (endUs === Infinity ? startUs : endUs)),
  );
  return {
    guarantee,
    // A name such as T1 keeps its capital.
    explanation: `${key}: ${sentence.replace(/^(?!T[0-9])[A-Z]/, (first) => first.toLowerCase()).replace(/\.$/, "")}`,
    operations,
    key,
    atUs,
    because: faultsOver(model, key, fromUs, atUs),
  };
}
