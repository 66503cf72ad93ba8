/** Checks `counter-bounds` and `batch-atomic` in quorate's own histories. */
import { checkBatches } from "./batch.ts";
import { checkCounter } from "./counter.ts";
import { conclude } from "../conclude.ts";
import { clientThrough } from "../messages/operation-messages.ts";
import { leftOpen } from "../language/workload-findings.ts";
import { workloadAnomaly } from "../messages/workload-anomaly.ts";
import type { Checker } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Json } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import type { ClientOperation, WorkloadResult } from "../language/workload-result.ts";

export const counterBounds: Checker<"counter-bounds"> = {
  name: "counter-bounds",
  meaning:
    "a read of a counter lies between the sum of the acknowledged additions and the sum of all possible additions, each counted once",
  predicate:
    "For each read of a counter: its value lies between the sum of the additions acknowledged before it began and the sum of those invoked before it ended; negative additions count towards the other bound.",
  source: "Jepsen's counter checker.",
  needs: [],
  workloads: ["counter"],
  check: (model) =>
    judgeKeys(model, "counter-bounds", (operations, nameOf) =>
      checkCounter(
        operations.map((operation) =>
          operation.f === "add"
            ? { ...clientOf(operation), f: "add", delta: numberIn(operation.args, "by") }
            : {
                ...clientOf(operation),
                f: "read",
                value: typeof operation.result === "number" ? operation.result : undefined,
              },
        ),
        { nameOf },
      ),
    ),
};

export const batchAtomic: Checker<"batch-atomic"> = {
  name: "batch-atomic",
  meaning:
    "a read of both parts of a batch shows both or neither, unless another batch may have replaced one of them",
  predicate:
    "A read that returns one part of a batch returns at the other key of that batch the other part, or a part of a batch that may have come later.",
  source:
    "Bailis et al., Scalable Atomic Visibility with RAMP Transactions, SIGMOD 2014: fractured reads.",
  needs: [],
  workloads: ["batch"],
  check: (model) =>
    judgeKeys(model, "batch-atomic", (operations, nameOf) =>
      checkBatches(
        operations.map((operation) =>
          operation.f === "write"
            ? { ...clientOf(operation), f: "write", keys: parts, value: operation.value ?? "" }
            : { ...clientOf(operation), f: "read", found: partsIn(operation.result) },
        ),
        { nameOf },
      ),
    ),
};

/** The names of the two parts of each key, in the order in which reads return them. */
const parts: readonly string[] = ["part 1", "part 2"];

function partsIn(result: Json | undefined): ReadonlyMap<string, string | null> | undefined {
  if (!Array.isArray(result)) return undefined;
  return new Map(
    parts.map((part, index) => {
      const value = (result as readonly Json[])[index];
      return [part, typeof value === "string" ? value : null];
    }),
  );
}

const numberIn = (args: Json | undefined, name: string): number => {
  const value =
    typeof args === "object" && args !== null
      ? (args as Readonly<Record<string, Json>>)[name]
      : undefined;
  return typeof value === "number" ? value : 0;
};

const clientOf = ({
  op,
  client,
  process,
  startUs,
  endUs,
  outcome,
}: Operation): ClientOperation => ({
  op,
  process: `${client} ${process}`,
  invokeUs: startUs,
  returnUs: endUs,
  outcome,
});

function judgeKeys(
  model: Model,
  guarantee: string,
  check: (operations: readonly Operation[], nameOf: (op: number) => string) => WorkloadResult,
): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  const nameOf = (op: number): string => {
    const operation = model.operation.get(op);
    return operation === undefined ? `operation ${op}` : `${clientThrough(operation)} (op ${op})`;
  };
  for (const [key, operations] of model.keys) {
    const result = check(operations, nameOf);
    judged += result.judged;
    undecided.push(...leftOpen(result).map((reason) => `${key}: ${reason}`));
    for (const { sentence, operations: proof } of result.anomalies)
      anomalies.push(workloadAnomaly(model, guarantee, key, sentence, proof));
  }
  if (judged === 0 && model.operations.some(({ f, outcome }) => f === "read" && outcome === "ok"))
    undecided.push("no read returned a result of the form that this workload has");
  return conclude({ anomalies, undecided, judged });
}
