/**
 * Judges registers whose answers contain versions, [version value], as jepsen.etcd writes them. Versions order all
 * answered operations, so that linearizability needs no search: the order must respect real time, and each answer must
 * fit its version.
 */
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { byKey, fn, type Operations } from "./foreign-operations.ts";
import { countOk } from "./judge-registers.ts";
import { absent, nil, type ValueTable } from "./value-table.ts";
import { brief, keyOf } from "./foreign-messages.ts";

/** Whether the value is [version value], where the version is a number or (as in invocations) nil. */
export const isVersioned = (values: ValueTable, value: number): boolean =>
  values.isPair(value) &&
  ((values.childrenOf(value)[0] as number) === nil ||
    !Number.isNaN(values.numberOf(values.childrenOf(value)[0] as number)));

/** An operation with the version in its answer. */
export interface VersionedStep {
  readonly op: number;
  readonly version: number;
  readonly isWrite: boolean;
}

interface Step extends VersionedStep {
  /** The value that a write wrote or a read returned. */
  readonly value: number;
  /** The value that a cas expected. `absent`: the operation is no cas. */
  readonly expected: number;
}

export function judgeVersioned(operations: Operations, initial: number): ForeignJudgement {
  const findings = new Findings("linearizable");
  for (const of of byKey(operations).values()) judgeKey(operations, of, initial, findings);
  return findings.conclude(countOk(operations));
}

function judgeKey(
  operations: Operations,
  of: Int32Array,
  initial: number,
  findings: Findings,
): void {
  const steps = stepsOf(operations, of, findings);
  if (steps === undefined) return;
  steps.sort((a, b) => a.version - b.version || Number(b.isWrite) - Number(a.isWrite));
  const wrong = (ops: readonly number[], why: string): void =>
    findings.found(() => ({
      explanation: why,
      operations: ops,
      ...keyOf(operations, ops[0] as number),
    }));
  checkTimes(operations, steps, wrong);
  /** For each known version, its value, and the operation that shows the value. */
  const values = new Map<
    number,
    { readonly value: number; readonly op: number; readonly isWrite: boolean }
  >();
  for (const { op, version, isWrite, value } of steps) {
    const known = values.get(version);
    if (version === 0 && !isWrite) {
      if (value !== initial)
        wrong(
          [op],
          `${brief(operations, op)} returned a value other than the initial one with version 0, the version before all writes`,
        );
    } else if (known === undefined) values.set(version, { value, op, isWrite });
    else if (isWrite)
      wrong(
        [known.op, op],
        `${brief(operations, known.op)} and ${brief(operations, op)} were given the same version`,
      );
    else if (known.value !== value)
      wrong(
        [known.op, op],
        `${brief(operations, op)} contradicts ${brief(operations, known.op)}, which has the same version`,
      );
  }
  for (const { op, version, expected } of steps) {
    if (expected === absent) continue;
    const before = version === 1 ? { value: initial, op } : values.get(version - 1);
    if (before !== undefined && before.value !== expected)
      wrong(
        [before.op, op],
        `${brief(operations, op)} succeeded, but version ${version - 1} has another value than the operation expected`,
      );
  }
  if (!findings.isBroken) fillGaps(operations, of, { steps, values, initial }, findings);
}

/**
 * The successful operations of a key with the versions of their answers. Undefined: an answer has no version, so that
 * the key cannot be judged.
 */
function stepsOf(operations: Operations, of: Int32Array, findings: Findings): Step[] | undefined {
  const { f, value, expected, values, history } = operations;
  const steps: Step[] = [];
  for (const op of of) {
    if (!history.isOk(op)) continue;
    const isCas = f[op] === fn.cas;
    // The value of a cas is [version [old new]]. The parser took the version for the expected value and the pair for
    // the new value.
    const version = isCas ? (expected[op] as number) : first(values, value[op] as number);
    const payload = isCas ? (value[op] as number) : second(values, value[op] as number);
    const isWrite = f[op] !== fn.read;
    const number = version === nil && !isWrite && payload === nil ? 0 : values.numberOf(version);
    if (Number.isNaN(number)) {
      findings.undecided(`${brief(operations, op)} was answered without a version`);
      return undefined;
    }
    steps.push({
      op,
      version: number,
      isWrite,
      value: isCas ? second(values, payload) : payload,
      expected: isCas ? first(values, payload) : absent,
    });
  }
  return steps;
}

const first = (values: ValueTable, pair: number): number => values.childrenOf(pair)[0] ?? nil;
const second = (values: ValueTable, pair: number): number => values.childrenOf(pair)[1] ?? nil;

/**
 * Checks versions against real time, and reports the first violation. An operation that began after another one had
 * ended must not have a lower version. If it is a write, its version must be higher.
 */
export function checkTimes(
  operations: Operations,
  steps: readonly VersionedStep[],
  wrong: (ops: readonly number[], why: string) => void,
): void {
  const { start, end } = operations;
  const begun = [...steps].sort((a, b) => (start[a.op] as number) - (start[b.op] as number));
  const ended = [...steps].sort((a, b) => (end[a.op] as number) - (end[b.op] as number));
  let newest: VersionedStep | undefined;
  let at = 0;
  for (const step of begun) {
    for (; at < ended.length; at++) {
      const before = ended[at] as VersionedStep;
      if ((end[before.op] as number) >= (start[step.op] as number)) break;
      if (newest === undefined || before.version > newest.version) newest = before;
    }
    if (newest === undefined || newest.version < step.version) continue;
    if (newest.version === step.version && !step.isWrite) continue;
    wrong(
      [newest.op, step.op],
      `${brief(operations, step.op)} has version ${step.version}, though ${brief(operations, newest.op)}, which has version ${newest.version}, had ended before ${brief(operations, step.op)} began`,
    );
    return;
  }
}

/**
 * Finds an indeterminate write for each version that no answer to a write names. There should be one, since versions
 * normally count up by one. From the newest version to the oldest, each gets the possible write that began last, which
 * leaves the earliest writes for older versions.
 */
function fillGaps(
  operations: Operations,
  of: Int32Array,
  {
    steps,
    values,
    initial,
  }: {
    readonly steps: readonly Step[];
    readonly values: ReadonlyMap<number, { readonly value: number }>;
    readonly initial: number;
  },
  findings: Findings,
): void {
  const { start, end, value, f, history, values: table } = operations;
  const newest = steps.at(-1)?.version ?? 0;
  const written = new Set(steps.filter(({ isWrite }) => isWrite).map(({ version }) => version));
  if (written.size === newest) return;
  /**
   * For each version, the time by which it must have been written: the earliest end of an operation that shows it or a
   * later one.
   */
  const before = new Map<number, number>();
  let earliest = Infinity;
  for (const { version, op } of [...steps].reverse()) {
    earliest = Math.min(earliest, end[op] as number);
    before.set(version, earliest);
  }
  const gaps: { readonly version: number; readonly deadline: number; readonly value: number }[] =
    [];
  let deadline = Infinity;
  const casBefore = new Map(
    steps
      .filter(({ expected: old }) => old !== absent)
      .map((one) => [one.version - 1, one.expected]),
  );
  for (let version = newest; version >= 1 && gaps.length <= of.length; version--) {
    deadline = Math.min(deadline, before.get(version) ?? Infinity);
    if (!written.has(version))
      gaps.push({
        version,
        deadline,
        value: values.get(version)?.value ?? casBefore.get(version) ?? absent,
      });
  }
  const candidates = Array.from(of)
    .filter(
      (op) =>
        f[op] !== fn.read &&
        (history.outcome[op] === Outcome.info || history.outcome[op] === Outcome.open),
    )
    .map((op) => ({
      op,
      start: start[op] as number,
      value: second(table, value[op] as number),
      expected: f[op] === fn.cas ? first(table, value[op] as number) : absent,
      used: false,
    }))
    .sort((a, b) => b.start - a.start);
  // Versions whose value is known come first, since the others accept a write of any value.
  for (const gap of [
    ...gaps.filter((one) => one.value !== absent),
    ...gaps.filter((one) => one.value === absent),
  ]) {
    // A cas must have found its expected value in the version before. If the value of that version is unknown, no cas
    // is chosen.
    const found = gap.version === 1 ? initial : (values.get(gap.version - 1)?.value ?? absent);
    const writer = candidates.find(
      (one) =>
        !one.used &&
        one.start <= gap.deadline &&
        (gap.value === absent || one.value === gap.value) &&
        (one.expected === absent || one.expected === found),
    );
    if (writer !== undefined) {
      writer.used = true;
      continue;
    }
    const known = values.get(gap.version);
    if (
      known !== undefined &&
      !candidates.some((one) => one.value === gap.value && one.start <= gap.deadline)
    ) {
      const reader = steps.find(({ version }) => version === gap.version)?.op as number;
      findings.found(() => ({
        explanation: `${brief(operations, reader)} returned version ${gap.version}, which no operation can have written`,
        operations: [reader],
      }));
      return;
    }
    findings.undecided(
      `no indeterminate write is left for version ${gap.version}: either versions skip numbers, or a write happened twice`,
    );
    return;
  }
}
