/** Judges workloads of jepsen.tests by their checkers: bank, long fork, causal reverse, and logs (kafka). */
import { HistoryError } from "../language/history-error.ts";
import {
  checkBank,
  checkCausalReverse,
  checkLog,
  checkLongFork,
  type LogMessage,
  type LongForkOperation,
  type LogOperation,
  type LogStep,
} from "../workloads/index.ts";
import { exactSums, numberIn } from "./amounts.ts";
import { type ForeignJudgement, unknownBecause } from "./foreign-findings.ts";
import { answerLine } from "./foreign-history.ts";
import { microKind } from "./micro-operations.ts";
import { fn, functionName, type Operations } from "./foreign-operations.ts";
import { isCollection } from "./judge-collections.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";
import { clientOperation, judgeKeys, lineNameIn, resultOf } from "./workload-results.ts";

const wrong = (operations: Operations, op: number, expected: string, value: number): HistoryError =>
  new HistoryError(
    "bad-field",
    expected,
    operations.values.briefOf(value),
    answerLine(operations.history, op),
  );

/** The keys and values of a map, as pairs. */
function entriesOf(values: ValueTable, map: number): (readonly [number, number])[] {
  const children = values.childrenOf(map);
  return Array.from({ length: children.length / 2 }, (_, i) => [
    children[2 * i] as number,
    children[2 * i + 1] as number,
  ]);
}

/**
 * Judges whether every read of a bank shows the same total of all accounts.
 * @param total The sum of all accounts. Undefined: the sum that reads show most often is taken.
 */
export function judgeBank(operations: Operations, total: number | undefined): ForeignJudgement {
  const { f, value, values, history, count } = operations;
  const accounts = new Set<string>();
  const sums = new Map<number, number>();
  const reads = Array.from({ length: count }, (_, op) => op)
    .filter((op) => f[op] === fn.read && history.isOk(op))
    .map((op) => {
      const read = value[op] as number;
      if (values.kindOf(read) !== Kind.map)
        throw wrong(operations, op, "a read whose :value is a map of accounts to balances", read);
      const balances = new Map(
        entriesOf(values, read).map(([account, balance]): [string, number | null] => [
          values.textOf(account),
          balance === nil
            ? null
            : numberIn(operations, op, balance, "balances that are numbers, or nil"),
        ]),
      );
      for (const account of balances.keys()) accounts.add(account);
      return { ...clientOperation(operations, op), balances };
    });
  const amounts = reads.map(({ balances }) => [...balances.values()].map((one) => one ?? 0));
  const exact = exactSums([[total ?? 0], ...amounts]);
  for (const read of amounts) {
    const sum = exact(read.reduce((so, one) => so + one, 0));
    sums.set(sum, (sums.get(sum) ?? 0) + 1);
  }
  const usual = [...sums].reduce<readonly [number, number] | undefined>(
    (best, one) => (best === undefined || one[1] > best[1] ? one : best),
    undefined,
  );
  const judgement = resultOf(
    checkBank(reads, {
      accounts: [...accounts],
      total: total ?? usual?.[0] ?? 0,
      exact,
      nameOf: lineNameIn(operations),
    }),
    "constant-total",
  );
  if (total !== undefined) return judgement;
  const note = `the right total was taken to be ${usual?.[0] ?? 0}, the total that reads show most often; --initial names another total`;
  return { ...judgement, notes: [...judgement.notes, note] };
}

export function judgeCausalReverse(operations: Operations): ForeignJudgement {
  const { f, value, values, history } = operations;
  return judgeKeys(operations, "no-causal-reverse", (of) =>
    checkCausalReverse(
      Array.from(of, (op) => {
        const client = clientOperation(operations, op);
        const what = value[op] as number;
        if (f[op] !== fn.read)
          return { ...client, f: "write" as const, value: values.textOf(what) };
        if (!history.isOk(op)) return { ...client, f: "read" as const, values: undefined };
        if (!isCollection(values, what))
          throw wrong(operations, op, "a read whose :value is a list or set", what);
        const shown = Array.from(values.childrenOf(what), (one) => values.textOf(one));
        return { ...client, f: "read" as const, values: shown };
      }),
      { nameOf: lineNameIn(operations) },
    ),
  );
}

/** Judges long forks. The value of an operation is a list of micro-operations: one write, or reads of several keys. */
export function judgeLongFork(operations: Operations): ForeignJudgement {
  const { values, history, count } = operations;
  const steps = Array.from({ length: count }, (_, op) => op).flatMap((op): LongForkOperation[] => {
    const client = clientOperation(operations, op);
    const answered = history.answered[op] as number;
    const whole = history.isOk(op) && answered > nil ? answered : (history.asked[op] as number);
    if (values.kindOf(whole) !== Kind.list)
      throw wrong(operations, op, "a list of micro-operations", whole);
    const micros = Array.from(values.childrenOf(whole), (micro) => {
      const kind = microKind(values, micro);
      const [, key = absent, what = nil] = values.childrenOf(micro);
      if ((kind !== "r" && kind !== "w") || key === absent)
        throw wrong(operations, op, "micro-operations [:r key value] or [:w key value]", micro);
      return { kind, key: values.textOf(key), value: what === nil ? null : values.textOf(what) };
    });
    const write = micros.find(({ kind }) => kind === "w");
    if (write !== undefined) return [{ ...client, f: "write" as const, key: write.key }];
    const found = new Map(micros.map(({ key, value }) => [key, value]));
    return [{ ...client, f: "read" as const, found: history.isOk(op) ? found : undefined }];
  });
  return resultOf(checkLongFork(steps, { nameOf: lineNameIn(operations) }), "no-long-fork");
}

/**
 * Matches explanations of anomalies that a reassignment of keys may explain: a client may then skip messages and go
 * back even inside a transaction.
 */
const rebalanceKinds = /^(?:int-poll-skip|int-nonmonotonic-poll):/;

export function judgeLog(operations: Operations): ForeignJudgement {
  const { count, f } = operations;
  const isSubscribed = Array.from({ length: count }, (_, op) => op).some(
    (op) => functionName(operations, op) === "subscribe",
  );
  const steps = Array.from({ length: count }, (_, op) => op).flatMap((op): LogOperation[] => {
    const name = functionName(operations, op);
    const client = clientOperation(operations, op);
    if (name === "assign" || name === "subscribe")
      return [{ ...client, f: name, keys: keysOf(operations, op) }];
    // The other log functions, such as the crash of a client, are no operations on the log.
    return f[op] === fn.log ? [] : [{ ...client, f: "txn", steps: logSteps(operations, op) }];
  });
  const judgement = resultOf(
    checkLog(steps, { nameOf: lineNameIn(operations), isSubscribed }),
    "log",
  );
  const isSure = judgement.anomalies.some(({ explanation }) => !rebalanceKinds.test(explanation));
  if (judgement.verdict !== "invalid" || !isSubscribed || isSure) return judgement;
  return {
    ...unknownBecause(
      `polls skip messages or go back inside a transaction, which a rebalance of the clients may explain: ${judgement.anomalies[0]?.explanation ?? ""}`,
      judgement.judged,
    ),
  };
}

function keysOf({ history, values }: Operations, op: number): readonly string[] {
  return Array.from(values.childrenOf(history.asked[op] as number), (key) => values.textOf(key));
}

function logSteps(operations: Operations, op: number): LogStep[] {
  const { history, values } = operations;
  const answered = history.answered[op] as number;
  const isOk = history.isOk(op);
  const whole = isOk && answered > nil ? answered : (history.asked[op] as number);
  if (values.kindOf(whole) !== Kind.list)
    throw wrong(operations, op, "a list of [:send key value] and [:poll]", whole);
  return Array.from(values.childrenOf(whole), (micro): LogStep => {
    const [name = nil, key = absent, what = nil] = values.childrenOf(micro);
    const kind = values.kindOf(name) < Kind.list ? values.nameOf(name).replace(/^:/, "") : "";
    if (kind === "send" && key !== absent)
      return { f: "send", message: messageOf(values, values.textOf(key), what) };
    if (kind !== "poll") throw wrong(operations, op, "[:send key value] or [:poll]", micro);
    if (!isOk || key === absent || values.kindOf(key) !== Kind.map)
      return { f: "poll", messages: undefined };
    const messages = entriesOf(values, key).flatMap(([of, list]) =>
      Array.from(values.childrenOf(list), (pair) => messageOf(values, values.textOf(of), pair)),
    );
    return { f: "poll", messages };
  });
}

/** The message in `[offset value]`, or in a value alone if the offset is unknown. */
function messageOf(values: ValueTable, key: string, what: number): LogMessage {
  if (!values.isPair(what)) return { key, offset: undefined, value: values.textOf(what) };
  const [offset = nil, value = nil] = values.childrenOf(what);
  return {
    key,
    offset: offset === nil ? undefined : values.numberOf(offset),
    value: values.textOf(value),
  };
}
