/** Sets of other tools' histories, handed to the exact checker of sets. */
import { checkSet, SetTable } from "../set/index.ts";
import { Findings, type ForeignJudgement } from "./findings.ts";
import { byKey, fn, type Operations } from "./operations.ts";
import { countOk } from "./registers.ts";
import { elementsOf } from "./sets.ts";
import { clientOperation } from "./transactions.ts";
import { keyOf } from "./words.ts";

export function judgeLinearizableSet(operations: Operations): ForeignJudgement {
  const findings = new Findings("linearizable");
  const { f, value, values, history } = operations;
  for (const of of byKey(operations).values()) {
    const table = new SetTable();
    const numbers = new Map<number, number>();
    const numberOf = (element: number): number => {
      const known = numbers.get(element) ?? table.elementNumber(values.textOf(element));
      numbers.set(element, known);
      return known;
    };
    for (const op of of) {
      const client = clientOperation(operations, op);
      if (f[op] === fn.read) {
        if (history.isOk(op))
          table.readCoded(client, Int32Array.from(elementsOf(operations, op), numberOf));
      } else
        table.add({
          ...client,
          f: f[op] === fn.remove ? "remove" : "add",
          element: values.textOf(value[op] as number),
        });
    }
    const result = checkSet(table, {
      rule: "set-linearizable",
      nameOf: (op) => `line ${history.startLine[op] ?? 0}`,
    });
    for (const { sentence, operations: proof } of result.anomalies)
      findings.found(() => ({
        explanation: sentence,
        operations: proof,
        ...keyOf(operations, of[0] ?? 0),
      }));
    if (result.verdict === "unknown" && result.judged > 0)
      findings.undecided(result.reason ?? "the set could not be judged");
  }
  return findings.conclude(countOk(operations));
}
