/** Judges transactions of other tools' histories by the checkers of transactions. */
import { HistoryError } from "../language/history-error.ts";
import {
  checkTransactions,
  TransactionTable,
  type TransactionModel,
} from "../transactions/index.ts";
import { type ForeignJudgement, unknownBecause } from "./foreign-findings.ts";
import { microKind } from "./micro-operations.ts";
import type { TransactionGuarantee } from "./foreign-models.ts";
import { fn, type Operations } from "./foreign-operations.ts";
import { absent, Kind, nil } from "./value-table.ts";
import { clientOperation, lineNameIn, resultOf } from "./workload-results.ts";

export function judgeTransactions(
  operations: Operations,
  model: TransactionModel,
  level: TransactionGuarantee,
): ForeignJudgement {
  const table = new TransactionTable(model);
  const { count } = operations;
  for (let op = 0; op < count; op++) {
    table.begin(clientOperation(operations, op));
    for (const micro of stepsOf(operations, op)) addStep(table, operations, model, micro);
  }
  if (count === 0)
    return unknownBecause(
      "the history has no operation of a client, so there was nothing to judge",
    );
  return resultOf(checkTransactions(table, { level, nameOf: lineNameIn(operations) }), level);
}

interface Micro {
  readonly kind: "r" | "w";
  readonly key: number;
  readonly value: number;
  /** Whether the result of a read is known. */
  readonly isKnown: boolean;
  readonly line: number;
}

/**
 * The steps of a transaction: those in the answer, or those in the request if there is no answer. A read, write or
 * append with a key counts as a transaction of one step.
 */
function stepsOf(operations: Operations, op: number): Micro[] {
  const { history, values, f, key, value } = operations;
  const isOk = history.isOk(op);
  const line = (isOk ? history.endLine[op] : history.startLine[op]) as number;
  const code = f[op] as number;
  const answered = history.answered[op] as number;
  const whole =
    isOk && answered !== absent && answered !== nil ? answered : (history.asked[op] as number);
  const isTransaction = code === fn.txn || key[op] === absent;
  if (!isTransaction)
    return [
      {
        kind: code === fn.read ? "r" : "w",
        key: key[op] as number,
        value: value[op] as number,
        isKnown: isOk,
        line,
      },
    ];
  if (values.kindOf(whole) !== Kind.list) throw notMicro(operations, whole, line);
  return Array.from(values.childrenOf(whole), (child) => {
    const kind = microKind(values, child);
    const [, of = absent, what = nil] = values.childrenOf(child);
    if (of === absent || (kind !== "r" && kind !== "w" && kind !== "append"))
      throw notMicro(operations, child, line);
    return { kind: kind === "r" ? "r" : "w", key: of, value: what, isKnown: isOk, line };
  });
}

const notMicro = ({ values }: Operations, value: number, line: number): HistoryError =>
  new HistoryError(
    "bad-field",
    "micro-operations [:r key value], [:w key value] or [:append key value]",
    values.briefOf(value),
    line,
  );

function addStep(
  table: TransactionTable,
  { values }: Operations,
  model: TransactionModel,
  { kind, key, value, isKnown, line }: Micro,
): void {
  const text = values.textOf(key);
  if (kind === "w") table.write(text, values.textOf(value));
  else if (!isKnown) table.read(text, undefined);
  else if (value === nil) table.read(text, null);
  else if (model === "rw-register") table.read(text, values.textOf(value));
  else {
    if (values.kindOf(value) !== Kind.list)
      throw new HistoryError("bad-field", "a read of a list, or nil", values.briefOf(value), line);
    const number = table.keyNumber(text);
    table.readListCoded(
      number,
      Array.from(values.childrenOf(value), (element) =>
        table.versionNumber(number, values.textOf(element)),
      ),
    );
  }
}
