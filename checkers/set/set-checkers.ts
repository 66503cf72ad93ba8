/**
 * Checks `set-no-thin-air`, `set-complete` and `set-fresh` in quorate's own histories. Each key is a set. `add` and
 * `remove` have the argument `{ element }`, and `read` returns the list of all elements.
 */
import { checkSet } from "./check-set.ts";
import { conclude } from "../conclude.ts";
import { leftOpen } from "../language/workload-findings.ts";
import { workloadAnomaly } from "../messages/workload-anomaly.ts";
import { quantiles } from "../numbers/quantiles.ts";
import { setFacts } from "./set-facts.ts";
import { SetTable } from "./set-table.ts";
import type { Checker, Definition } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Json, Key } from "../language/history.ts";
import type { SetRule } from "./set-rules.ts";
import type { Anomaly, Judgement, Measurement } from "../language/verdict.ts";

export const setNoThinAir = setChecker(
  "set-no-thin-air",
  "no read of a set shows an element that nobody had begun to add when the read ended",
  {
    predicate:
      "For each read and each element that it shows: an add of the element was invoked before the read ended.",
    source: "Jepsen's set checker.",
  },
);

export const setComplete = setChecker(
  "set-complete",
  "in the final phase a set has every element whose add was acknowledged and that nobody began to remove",
  {
    predicate:
      "Each read of the final phase shows every element whose add was acknowledged, unless a remove of it was invoked.",
    source: "Jepsen's set checker.",
  },
);

export const setFresh = setChecker(
  "set-fresh",
  "a read of a set shows every element whose add was acknowledged before the read began, unless the element may have been removed",
  {
    predicate:
      "Each read shows every element whose add was acknowledged before the read began, unless a remove of it was invoked before the read ended.",
    source: "Jepsen's set-full checker, with `linearizable?`.",
  },
);

function setChecker<Name extends SetRule>(
  name: Name,
  meaning: string,
  definition: Definition,
): Checker<Name> {
  return {
    name,
    meaning,
    ...definition,
    needs: [],
    workloads: ["set", "broadcast", "g-set"],
    check: (model) => judgeSets(model, name),
  };
}

function judgeSets(model: Model, rule: SetRule): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  let judged = 0;
  let elements = 0;
  for (const [key, table] of tablesOf(model)) {
    const result = checkSet(table, { rule, nameOf: (op) => `op ${op}` });
    judged += result.judged;
    elements += table.columns().elements.length;
    undecided.push(...leftOpen(result).map((reason) => `${key}: ${reason}`));
    for (const { sentence, operations } of result.anomalies)
      anomalies.push(workloadAnomaly(model, rule, key, sentence, operations));
  }
  const measurements = {
    elements,
    ...(rule === "set-complete" && model.run.workload === "broadcast" ? spread(model) : {}),
  };
  return conclude({ anomalies, undecided, judged, measurements });
}

/**
 * Figures that say how well broadcasts spread. `messagesPerOperation`: messages between nodes for each operation.
 * `medianStableMs` and `maximalStableMs`, of the numbers whose add was acknowledged: the time from the first add of a
 * number to the start of the last read that missed it (0: no later read missed the number).
 */
function spread(model: Model): Readonly<Record<string, Measurement>> {
  const messages = model.run.nodes.reduce(
    (sum, node) => sum + (model.evidence.messagesTo.get(node) ?? 0),
    0,
  );
  const latenciesMs = [...tablesOf(model).values()].flatMap((table) => {
    const columns = table.columns();
    const { begunAt, firstAcknowledged, lastAbsent } = setFacts(columns);
    return [...columns.elements.keys()].flatMap((element) => {
      const row = lastAbsent[element] as number;
      if ((firstAcknowledged[element] as number) < 0) return [];
      const missedAt = row < 0 ? 0 : (columns.invoke[row] as number);
      return [Math.max(0, missedAt - (begunAt[element] as number)) / 1000];
    });
  });
  const { p50 = 0, p100 = 0 } = quantiles(latenciesMs);
  return {
    messagesBetweenNodes: messages,
    operations: model.operations.length,
    messagesPerOperation: Math.round((100 * messages) / Math.max(1, model.operations.length)) / 100,
    medianStableMs: p50,
    maximalStableMs: p100,
  };
}

const known = new WeakMap<Model, ReadonlyMap<Key, SetTable>>();

/** The table of each key's operations. Made once for each model, since three checkers use it. */
function tablesOf(model: Model): ReadonlyMap<Key, SetTable> {
  let tables = known.get(model);
  if (tables === undefined)
    known.set(
      model,
      (tables = new Map([...model.keys].map(([key, operations]) => [key, tableOf(operations)]))),
    );
  return tables;
}

function tableOf(operations: readonly Operation[]): SetTable {
  const table = new SetTable();
  for (const operation of operations) {
    const { op, client, process, startUs, endUs, outcome, f, final } = operation;
    const base = {
      op,
      process: `${client} ${process}`,
      invokeUs: startUs,
      returnUs: endUs,
      outcome,
    };
    switch (f) {
      case "add":
      case "remove":
        table.add({ ...base, f, element: elementOf(operation) });
        break;
      case "read":
        table.add({
          ...base,
          f,
          final,
          elements: outcome === "ok" ? elementsOf(operation) : undefined,
        });
        break;
      default:
        throw new Error(`op ${op} is ${f}, which is no operation of a set`);
    }
  }
  return table;
}

/**
 * The text that stands for an element. The number 7 and the text "7" are one element, since some clients send one and
 * some the other.
 */
const nameOf = (element: Json): string =>
  typeof element === "string" ? element : JSON.stringify(element);

function elementOf({ op, f, args }: Operation): string {
  if (typeof args === "object" && args !== null && "element" in args) {
    const { element } = args;
    if (element !== undefined) return nameOf(element);
  }
  throw new Error(`${f} ${op} has no argument \`element\``);
}

function elementsOf({ op, result }: Operation): readonly string[] {
  if (Array.isArray(result)) return (result as readonly Json[]).map(nameOf);
  throw new Error(`read ${op} returned no list of elements`);
}
