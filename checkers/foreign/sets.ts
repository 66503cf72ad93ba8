/**
 * Sets as Jepsen's checkers of these names judge them. `set`: the last read shows what was added. `set-full`: no read loses an element that was
 * known, for good; how long elements were absent is measured.
 */
import { fateOf, type ElementFate, fatesTogether } from "../durable/set-full.ts";
import { HistoryError } from "../language/history-error.ts";
import { Findings, type ForeignJudgement } from "./findings.ts";
import { Outcome } from "./history.ts";
import { byKey, fn, type Operations } from "./operations.ts";
import { Kind, type ValueTable } from "./values.ts";
import { andFailed, brief, keyOf, named, shown } from "./words.ts";

export function judgeSets(operations: Operations, model: "set" | "set-full"): ForeignJudgement {
  const findings = new Findings("durable");
  const fates: ElementFate[] = [];
  const elements = new Elements(operations.values.count);
  let failedShown = 0;
  for (const of of byKey(operations).values()) {
    const judged = judgeSet(operations, of, model, elements, findings);
    fates.push(...judged.fates);
    failedShown += judged.failedShown;
  }
  if (failedShown > 1) findings.note(`${failedShown} elements are shown whose add failed`);
  findings.measurements = { ...fatesTogether(fates, { name: "Events", per: 1 }) };
  // Nothing was asked of elements that no read came after.
  const known = fates.filter(({ fate }) => fate === "stable" || fate === "lost").length;
  if (known === 0 && !findings.isBroken)
    findings.undecided(
      fates.length === 0 || operations.f.includes(fn.read)
        ? "no element that was known to be added was read"
        : "the set was never read",
    );
  return findings.conclude(known);
}

/** What is known of the elements of one key at a time, by their values' numbers. */
class Elements {
  /** The first add, and the one that was acknowledged first, plus one. */
  readonly tried: Int32Array;
  readonly add: Int32Array;
  readonly failed: Int32Array;
  readonly stamp: Int32Array;
  readonly started: Float64Array;
  readonly acknowledged: Float64Array;
  readonly shown: Float64Array;
  readonly present: Float64Array;
  round = 0;

  constructor(size: number) {
    this.tried = new Int32Array(size);
    this.add = new Int32Array(size);
    this.failed = new Int32Array(size);
    this.stamp = new Int32Array(size);
    this.started = new Float64Array(size);
    this.acknowledged = new Float64Array(size);
    this.shown = new Float64Array(size);
    this.present = new Float64Array(size);
  }

  reset(element: number): void {
    this.tried[element] = this.add[element] = this.failed[element] = 0;
    this.started[element] = this.acknowledged[element] = this.shown[element] = Infinity;
    this.present[element] = -Infinity;
  }
}

/** The elements of a read. Throws HistoryError for one that returned no list or set. */
export function elementsOf({ values, value, history }: Operations, read: number): Int32Array {
  const whole = value[read] as number;
  if (!isCollection(values, whole))
    throw new HistoryError(
      "bad-field",
      "a read whose :value is a set, list or vector",
      values.briefOf(whole),
      history.endLine[read] || (history.startLine[read] as number),
    );
  return values.childrenOf(whole);
}

export const isCollection = (values: ValueTable, value: number): boolean =>
  values.kindOf(value) === Kind.set || values.kindOf(value) === Kind.list;

function judgeSet(
  operations: Operations,
  of: Int32Array,
  model: "set" | "set-full",
  elements: Elements,
  findings: Findings,
): { readonly fates: ElementFate[]; readonly failedShown: number } {
  const { f, value, start, end, history } = operations;
  const reads = Array.from(of).filter((op) => f[op] === fn.read && history.isOk(op));
  const asked = model === "set" ? lastOf(operations, reads) : reads;
  asked.sort((a, b) => (start[b] as number) - (start[a] as number));
  for (const op of of) if (f[op] !== fn.read) elements.reset(value[op] as number);
  for (const read of asked) for (const one of elementsOf(operations, read)) elements.reset(one);
  const added: number[] = [];
  const removed = new Set<number>();
  for (const op of of) {
    if (f[op] === fn.read) continue;
    const element = value[op] as number;
    if (f[op] === fn.remove) {
      removed.add(element);
      continue;
    }
    if (history.outcome[op] === Outcome.fail) {
      elements.failed[element] ||= op + 1;
      continue;
    }
    if (elements.tried[element] === 0) added.push(element);
    elements.tried[element] ||= op + 1;
    if (elements.add[element] === 0 || (end[op] as number) < (elements.acknowledged[element] as number)) {
      elements.add[element] = op + 1;
      elements.acknowledged[element] = end[op] as number;
    }
    elements.started[element] = Math.min(elements.started[element] as number, start[op] as number);
  }
  const failedShown = lookAtReads(operations, asked, elements, findings);
  const lastAbsent = absences(operations, asked, elements, added);
  const fates = added
    .filter((element) => !removed.has(element))
    .map((element) => fateIn(operations, element, elements, lastAbsent.get(element), findings));
  return { fates, failedShown };
}

/** The read that ended last. */
function lastOf({ end }: Operations, reads: readonly number[]): number[] {
  const last = reads.reduce<number | undefined>(
    (best, read) => (best === undefined || (end[read] as number) > (end[best] as number) ? read : best),
    undefined,
  );
  return last === undefined ? [] : [last];
}

/** What is shown twice, or was never added. Returns how many elements are shown whose every add failed. */
function lookAtReads(
  operations: Operations,
  reads: readonly number[],
  elements: Elements,
  findings: Findings,
): number {
  const { start, end } = operations;
  const failedShown = new Set<number>();
  for (const read of reads) {
    const round = ++elements.round;
    let twice = false;
    for (const element of elementsOf(operations, read)) {
      if (elements.stamp[element] === round) {
        if (!twice)
          findings.found(() => ({
            explanation: `${named(operations, read)} returned ${shown(operations, element)} twice`,
            operations: [read],
            ...keyOf(operations, read),
          }));
        twice = true;
        continue;
      }
      elements.stamp[element] = round;
      elements.shown[element] = Math.min(elements.shown[element] as number, end[read] as number);
      elements.present[element] = Math.max(elements.present[element] as number, start[read] as number);
      if ((elements.started[element] as number) < (end[read] as number)) continue;
      const failed = (elements.failed[element] as number) - 1;
      if (failed >= 0 && (start[failed] as number) < (end[read] as number)) {
        if (failedShown.size === 0)
          findings.note(
            `${named(operations, read)} shows ${shown(operations, element)}, which ${andFailed(operations, failed)}, had tried to add; Jepsen's checker allows it`,
          );
        failedShown.add(element);
        continue;
      }
      findings.found(() => ({
        explanation: `${named(operations, read)} returned ${shown(operations, element)}, which nobody had begun to add`,
        operations: [read],
        ...keyOf(operations, read),
      }));
    }
  }
  return failedShown.size;
}

/** Of each element the last read, by its start, that does not show it. Elements that all later reads showed are at most as many as a read shows. */
function absences(
  operations: Operations,
  reads: readonly number[],
  elements: Elements,
  added: readonly number[],
): Map<number, number> {
  const last = new Map<number, number>();
  let open = added;
  for (const read of reads) {
    const round = ++elements.round;
    for (const element of elementsOf(operations, read)) elements.stamp[element] = round;
    const still: number[] = [];
    for (const element of open)
      if (elements.stamp[element] === round) still.push(element);
      else last.set(element, read);
    open = still;
    if (open.length === 0) break;
  }
  return last;
}

function fateIn(
  operations: Operations,
  element: number,
  elements: Elements,
  absent: number | undefined,
  findings: Findings,
): ElementFate {
  const { start } = operations;
  const acknowledged = elements.acknowledged[element] as number;
  const known = Math.min(acknowledged, elements.shown[element] as number);
  const fate = fateOf({
    known,
    lastPresent: elements.present[element] as number,
    lastAbsent: absent === undefined ? -Infinity : (start[absent] as number),
  });
  if (fate.fate !== "lost" || absent === undefined) return fate;
  const add = (elements.add[element] as number) - 1;
  const since = acknowledged === known ? "acknowledged" : "read";
  findings.found(() => ({
    explanation: `lost: ${brief(operations, add)} had been ${since} before ${named(operations, absent)} began, but neither that nor any later read shows ${shown(operations, element)}`,
    operations: [add, absent],
    ...keyOf(operations, add),
  }));
  return fate;
}

