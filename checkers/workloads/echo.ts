/** Checks `echo`: a node must answer with the text that the client sent. */
import { conclude } from "../conclude.ts";
import { milliseconds, named } from "../messages/operation-messages.ts";
import type { Checker } from "../model/checker.ts";
import type { Json } from "../language/history.ts";

export const echo: Checker<"echo"> = {
  name: "echo",
  meaning: "an echo is the text that the client sent",
  predicate: "Each answer is equal, as JSON, to the text that was sent.",
  source: "Maelstrom's echo.",
  needs: [],
  workloads: ["echo"],
  check({ operations }) {
    const answered = operations.filter(({ outcome }) => outcome === "ok");
    const wrong = answered.filter(({ args, result }) => !isSame(textOf(args), result));
    return conclude({
      judged: answered.length,
      anomalies: wrong.map((operation) => ({
        guarantee: "echo",
        explanation: `${named(operation)} sent ${shown(textOf(operation.args))} to ${operation.node} and got ${shown(operation.result)} at ${milliseconds(operation.endUs)}`,
        operations: [operation.op],
        key: operation.key,
        atUs: operation.endUs,
      })),
    });
  },
};

const textOf = (args: Json | undefined): Json | undefined =>
  typeof args === "object" && args !== null
    ? (args as Readonly<Record<string, Json>>)["text"]
    : undefined;

const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const shown = (value: Json | undefined): string =>
  value === undefined ? "nothing" : JSON.stringify(value);
