/** Judges the operations on a set by one rule. */
import { checkLinearizable } from "./set-linearizable.ts";
import { fatesTogether, fateOf } from "../durable/set-full.ts";
import { addToGroup } from "../numbers/groups.ts";
import { isForbidden, type SetAnomalyKind, type SetRule } from "./set-rules.ts";
import type { Measurement } from "../language/verdict.ts";
import { numbered, type OperationNames, type WorkloadResult } from "../language/workload-result.ts";
import type { SearchBudget } from "../search/search.ts";
import { setFacts, type SetFacts } from "./set-facts.ts";
import { type SetColumns, setKinds, setOutcomes, type SetTable } from "./set-table.ts";
import { SetWords } from "./set-words.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** The rule by which a set is judged, with options. */
export interface SetQuestion {
  readonly rule: SetRule;
  readonly nameOf?: OperationNames;
  /** The limits of the search for `set-linearizable`. Only sets with removals need a search. */
  readonly budget?: SearchBudget;
}

export interface SetResult extends WorkloadResult<SetAnomalyKind> {
  /**
   * The number of elements with each fate, as in Jepsen's set-full, and for how long elements were stale, in
   * milliseconds.
   */
  readonly measurements: Readonly<Record<string, Measurement>>;
}

/**
 * Judges the operations on one set by one rule. Takes nearly linear time in the number of returned elements. Removals
 * under `set-linearizable` may take longer.
 */
export function checkSet(table: SetTable, question: SetQuestion): SetResult {
  const columns = table.columns();
  const check: SetCheck = {
    facts: setFacts(columns),
    words: new SetWords(columns, question.nameOf ?? numbered),
    findings: new WorkloadFindings((kind) => isForbidden(question.rule, kind)),
  };
  const judged = judge(check, question);
  const { measurements } = setFull(check, () => {});
  return { ...check.findings.conclude(judged), measurements };
}

interface SetCheck {
  readonly facts: SetFacts;
  readonly words: SetWords;
  readonly findings: WorkloadFindings<SetAnomalyKind>;
}

/** Judges the set by the rule. Returns the number of judged operations, or of stable elements for Jepsen's set-full. */
function judge(check: SetCheck, { rule, budget }: SetQuestion): number {
  const { reads, columns } = check.facts;
  // Jepsen's set checks only the last read, and accepts each element that anybody tried to add at any time.
  const isLast = rule === "jepsen-set";
  const rows = isLast ? lastEnded(check.facts) : reads;
  findStrange(
    check,
    [...(check.facts.isStrange ? rows : []), ...(isLast ? [] : questionsIn(columns))],
    isLast,
  );
  const answers = columns.kind.reduce((sum, kind) => sum + (kind >= setKinds.read ? 1 : 0), 0);
  switch (rule) {
    case "set-no-thin-air":
      return answers;
    case "set-complete":
      return findIncomplete(check);
    case "set-fresh":
      findNotFresh(check);
      return answers;
    case "set-linearizable":
      checkLinearizable(check.facts, check.words, check.findings, budget);
      return columns.size;
    case "jepsen-set":
      return findLostAtTheEnd(check);
    case "jepsen-set-full":
    case "jepsen-set-full-linearizable":
      return setFull(check, (kind, say) => check.findings.found(kind, say)).stable;
  }
}

/** The rows of queries that ask for one element. */
const questionsIn = ({ kind, size }: SetColumns): number[] =>
  Array.from({ length: size }, (_, row) => row).filter(
    (row) => kind[row] === setKinds.present || kind[row] === setKinds.absent,
  );

/**
 * Finds wrong elements in reads: elements that nobody had tried to add, whose add failed, or that a read returned
 * twice.
 * @param isEver Whether an add counts even if it began after the read ended.
 */
function findStrange(
  { facts, words, findings }: SetCheck,
  rows: readonly number[],
  isEver: boolean,
): void {
  const { columns, firstBegun, begunAt, firstFailed } = facts;
  const { invoke, end, kind, element, length, shown, elements } = columns;
  const isTried = (add: number, row: number): boolean =>
    add >= 0 && (isEver || (invoke[add] as number) <= (end[row] as number));
  const look = (row: number, of: number): void => {
    if ((begunAt[of] as number) <= (end[row] as number)) return;
    if (isTried(firstBegun[of] as number, row)) return;
    const failed = firstFailed[of] as number;
    const isFailed = isTried(failed, row);
    findings.found(isFailed ? "failed-add-shown" : "thin-air", () => ({
      sentence: isFailed
        ? `${words.name(row)} shows ${words.element(of)}, but ${words.name(failed)} failed.`
        : `${words.name(row)} shows ${words.element(of)}, but no operation had begun to add it.`,
      operations: isFailed ? [words.op(row), words.op(failed)] : [words.op(row)],
      key: words.element(of),
    }));
  };
  const seenBy = new Int32Array(elements.length).fill(-1);
  for (const row of rows) {
    const from = element[row] as number;
    if (kind[row] === setKinds.present) look(row, from);
    if (kind[row] !== setKinds.read) continue;
    for (let at = from; at < from + (length[row] as number); at++) {
      const of = shown[at] as number;
      if (seenBy[of] === row)
        findings.found("duplicate-element", () => ({
          sentence: `${words.name(row)} shows ${words.element(of)} more than once.`,
          operations: [words.op(row)],
          key: words.element(of),
        }));
      seenBy[of] = row;
      look(row, of);
    }
  }
}

/**
 * Finds elements whose add was acknowledged and that a final read lacks although nobody removed them. Returns the
 * number of final reads.
 */
function findIncomplete({ facts, words, findings }: SetCheck): number {
  const { columns, reads, firstAcknowledged, removes } = facts;
  const { element, length, shown, elements, final } = columns;
  const ends = reads.filter((row) => final[row] === 1);
  if (ends.length === 0) findings.undecided("No read of the final phase succeeded.");
  for (const row of ends) {
    const from = element[row] as number;
    const has = new Uint8Array(elements.length);
    for (let at = from; at < from + (length[row] as number); at++) has[shown[at] as number] = 1;
    for (let of = 0; of < elements.length; of++) {
      const add = firstAcknowledged[of] as number;
      if (add < 0 || has[of] === 1 || removes.has(of)) continue;
      findings.found("missing", () => ({
        sentence: `${words.name(row)}, a read of the final phase, lacks ${words.element(of)}, although ${words.name(add)} was acknowledged and no operation removed the element.`,
        operations: [words.op(add), words.op(row)],
        key: words.element(of),
      }));
    }
  }
  return ends.length;
}

/**
 * Finds elements whose add was acknowledged before a read or query began that does not show them. An element that a
 * removal may have taken is left out.
 */
function findNotFresh({ facts, words, findings }: SetCheck): void {
  const { columns, firstAcknowledged, lastAbsent, removes, reads } = facts;
  const { invoke, end, kind, element, length, shown, size, elements, outcome } = columns;
  const missing = (row: number, of: number, add: number): void =>
    findings.found("missing", () => ({
      sentence: `${words.name(row)} lacks ${words.element(of)}, although ${words.name(add)} had been acknowledged before this read began.`,
      operations: [words.op(add), words.op(row)],
      key: words.element(of),
    }));
  const isAfter = (row: number, add: number): boolean =>
    add >= 0 && row >= 0 && (end[add] as number) < (invoke[row] as number);
  for (let of = 0; of < elements.length; of++) {
    const add = firstAcknowledged[of] as number;
    const row = lastAbsent[of] as number;
    if (!removes.has(of) && isAfter(row, add)) missing(row, of, add);
  }
  const addsOf = new Map<number, number[]>();
  const absences = new Map<number, number[]>();
  for (let row = 0; row < size; row++) {
    const of = element[row] as number;
    if (kind[row] === setKinds.absent) addToGroup(absences, of, row);
    if (kind[row] === setKinds.add && outcome[row] === setOutcomes.ok) addToGroup(addsOf, of, row);
  }
  if (removes.size > 0)
    for (const row of reads) {
      const has = new Set(shown.subarray(element[row]).subarray(0, length[row]));
      for (const of of removes.keys()) if (!has.has(of)) addToGroup(absences, of, row);
    }
  for (const [of, rows] of absences) {
    const removals = removes.get(of) ?? [];
    for (const row of rows) {
      // A removal explains the absence unless the removal ended before the add began, or began after the read or query
      // ended.
      const add = (addsOf.get(of) ?? []).find(
        (one) =>
          isAfter(row, one) &&
          !removals.some(
            (removal) =>
              (invoke[removal] as number) <= (end[row] as number) &&
              (end[removal] as number) >= (invoke[one] as number),
          ),
      );
      if (add !== undefined) missing(row, of, add);
    }
  }
}

/**
 * The read that ended last, as a list with one row. If several ended last, the one with the largest `op`. Empty: there
 * is no read.
 */
function lastEnded({ reads, columns: { end, op } }: SetFacts): number[] {
  const isLater = (a: number, b: number): boolean =>
    end[a] === end[b]
      ? (op[a] as number) > (op[b] as number)
      : (end[a] as number) > (end[b] as number);
  let last = reads[0];
  for (const row of reads) if (last !== undefined && isLater(row, last)) last = row;
  return last === undefined ? [] : [last];
}

/**
 * Finds the elements that are lost according to Jepsen's set: acknowledged, but not in the last read. Jepsen reads after
 * all adds. In a history that was cut off, an add may have ended after the last read began, so that this read proves
 * nothing about it. Returns the number of judged reads: 1, or 0 if there was no read.
 */
function findLostAtTheEnd({ facts, words, findings }: SetCheck): number {
  const { columns, firstAcknowledged } = facts;
  const { invoke, end, element, length, shown, elements } = columns;
  const last = lastEnded(facts)[0];
  if (last === undefined) {
    findings.undecided("No read of the set succeeded.");
    return 0;
  }
  const from = element[last] as number;
  const has = new Uint8Array(elements.length);
  for (let at = from; at < from + (length[last] as number); at++) has[shown[at] as number] = 1;
  let unread: number | undefined;
  for (let of = 0; of < elements.length; of++) {
    const add = firstAcknowledged[of] as number;
    if (add < 0 || has[of] === 1) continue;
    if ((end[add] as number) >= (invoke[last] as number)) {
      unread ??= add;
      continue;
    }
    findings.found("lost", () => ({
      sentence: `${words.name(last)}, the last read, lacks ${words.element(of)}, although ${words.name(add)} was acknowledged.`,
      operations: [words.op(add), words.op(last)],
      key: words.element(of),
    }));
  }
  if (unread !== undefined)
    findings.undecided(
      `The last read, ${words.name(last)}, began before ${words.name(unread)} was acknowledged.`,
    );
  return 1;
}

/**
 * Passes the elements that are lost or stale according to Jepsen's set-full to `found`. Returns the number of stable
 * elements, and figures about all elements that an operation tried to add.
 */
function setFull(
  { facts, words }: SetCheck,
  found: (
    kind: "lost" | "stale",
    say: () => { sentence: string; operations: readonly number[]; key: string },
  ) => void,
): { readonly stable: number; readonly measurements: Readonly<Record<string, Measurement>> } {
  const { columns, firstBegun, firstAcknowledged, firstFailed, firstShown } = facts;
  const { invoke, end } = columns;
  const at = (time: Float64Array, row: number, otherwise: number): number =>
    row < 0 ? otherwise : (time[row] as number);
  const fates = [];
  for (let of = 0; of < columns.elements.length; of++) {
    if ((firstBegun[of] as number) < 0 && (firstFailed[of] as number) < 0) continue;
    const acknowledged = firstAcknowledged[of] as number;
    const shown = firstShown[of] as number;
    const absent = facts.lastAbsent[of] as number;
    const known = Math.min(at(end, acknowledged, Infinity), at(end, shown, Infinity));
    const fate = fateOf({
      known,
      lastPresent: at(invoke, facts.lastPresent[of] as number, -Infinity),
      lastAbsent: at(invoke, absent, -Infinity),
    });
    fates.push(fate);
    const isLost = fate.fate === "lost";
    if (!isLost && !(fate.fate === "stable" && fate.staleFor > 0)) continue;
    const since = at(end, acknowledged, Infinity) === known ? acknowledged : shown;
    const how = since === acknowledged ? "was acknowledged" : "showed it";
    const rest = isLost
      ? "and no later read shows that element"
      : "though a later read shows that element";
    found(isLost ? "lost" : "stale", () => ({
      sentence: `${words.name(absent)} lacks ${words.element(of)}, although ${words.name(since)} ${how} before that read began, ${rest}.`,
      operations: [words.op(since), words.op(absent)],
      key: words.element(of),
    }));
  }
  return {
    stable: fates.filter(({ fate }) => fate === "stable").length,
    measurements: fatesTogether(fates, { name: "Ms", per: 1_000 }),
  };
}
