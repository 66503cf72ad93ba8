/** Checks `log`: judges the workload `kafka` in quorate's own histories by the rules for logs. */
import { checkLog, type LogMessage, type LogOperation } from "./log.ts";
import { conclude } from "../conclude.ts";
import { clientsOperation } from "../messages/operation-messages.ts";
import { leftOpen } from "../language/workload-findings.ts";
import { workloadAnomaly } from "../messages/workload-anomaly.ts";
import type { Checker } from "../model/checker.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Json } from "../language/history.ts";

export const log: Checker<"log"> = {
  name: "log",
  meaning:
    "each message of a log has an offset of its own, and polls lose no message, skip none and never go back",
  predicate:
    "Each offset of a log holds one message, and each message has one offset. The offsets of a client's messages grow. Some poll returns each sent message below the largest offset that any poll returned, and the polls of a client neither skip messages nor go back.",
  source: "Jepsen's kafka checker.",
  needs: [],
  workloads: ["kafka"],
  check(model) {
    const result = checkLog(model.operations.flatMap(logOperation), {
      nameOf: (op) => {
        const operation = model.operation.get(op);
        return operation === undefined ? `operation ${op}` : clientsOperation(operation);
      },
    });
    return conclude({
      judged: result.judged,
      undecided: leftOpen(result),
      anomalies: result.anomalies.map(({ sentence, operations, key }) =>
        workloadAnomaly(
          model,
          "log",
          key ?? model.operation.get(operations[0] ?? 0)?.key ?? "the logs",
          sentence,
          operations,
        ),
      ),
    });
  },
};

function logOperation(operation: Operation): readonly LogOperation[] {
  const { op, client, process, startUs, endUs, outcome, f, key, args, result } = operation;
  const base = {
    op,
    process: `${client} ${process}`,
    invokeUs: startUs,
    returnUs: endUs,
    outcome,
  };
  switch (f) {
    case "send": {
      const offset = fieldOf(result, "offset");
      const message: LogMessage = {
        key,
        value: JSON.stringify(fieldOf(args, "message") ?? null),
        offset: typeof offset === "number" ? offset : undefined,
      };
      return [{ ...base, f: "txn", steps: [{ f: "send", message }] }];
    }
    case "poll":
      return [
        {
          ...base,
          f: "txn",
          steps: [{ f: "poll", messages: outcome === "ok" ? messagesIn(result) : undefined }],
        },
      ];
    case "commit":
      return [{ ...base, f, offsets: offsetsIn(result) }];
    case "committed":
      return [{ ...base, f, offsets: outcome === "ok" ? offsetsIn(result) : undefined }];
    default:
      return [];
  }
}

const fieldOf = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)[name]
    : undefined;

/** The messages that a poll returned, in its order. The result has a list of [offset, message] pairs for each key. */
const messagesIn = (result: Json | undefined): readonly LogMessage[] =>
  Object.entries((result ?? {}) as Readonly<Record<string, Json>>).flatMap(([key, pairs]) =>
    (pairs as readonly (readonly [number, Json])[]).map(([offset, message]) => ({
      key,
      offset,
      value: JSON.stringify(message),
    })),
  );

const offsetsIn = (result: Json | undefined): ReadonlyMap<string, number> =>
  new Map(Object.entries((result ?? {}) as Readonly<Record<string, number>>));
