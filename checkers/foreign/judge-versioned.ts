/**
 * A register whose answers contain versions, [version value], as jepsen.etcd writes them. Versions order all answered
 * operations, so linearizability takes linear time: the order must respect real time, and each answer must fit its
 * position.
 */
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import { byKey, fn, type Operations } from "./foreign-operations.ts";
import { countOk } from "./judge-registers.ts";
import { absent, nil, type ValueTable } from "./value-table.ts";
import { brief, keyOf } from "./foreign-messages.ts";

/** [version value], where version is a number, or nil in an invocation. */
export const isVersioned = (values: ValueTable, value: number): boolean =>
  values.isPair(value) &&
  ((values.childrenOf(value)[0] as number) === nil ||
    !Number.isNaN(values.numberOf(values.childrenOf(value)[0] as number)));

/** An operation with its position in the order of versions. */
export interface VersionedStep {
  readonly op: number;
  readonly version: number;
  readonly isWrite: boolean;
}

interface Step extends VersionedStep {
  /** The value that a write wrote or a read returned. */
  readonly value: number;
  /** The value that a cas expected. Otherwise `absent`. */
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
  /** The value of each known version, with the operation that shows it. */
  const values = new Map<
    number,
    { readonly value: number; readonly op: number; readonly isWrite: boolean }
  >();
  for (const { op, version, isWrite, value } of steps) {
    const known = values.get(version);
    if (version === 0 && !isWrite) {
      if (value !== initial)
        wrong([op], `${brief(operations, op)} returned version 0, before all writes, with a value`);
    } else if (known === undefined) values.set(version, { value, op, isWrite });
    else if (isWrite)
      wrong(
        [known.op, op],
        `${brief(operations, known.op)} and ${brief(operations, op)} were given the same version`,
      );
    else if (known.value !== value)
      wrong(
        [known.op, op],
        `${brief(operations, op)} does not fit ${brief(operations, known.op)}, which has the same version`,
      );
  }
  for (const { op, version, expected } of steps) {
    if (expected === absent) continue;
    const before = version === 1 ? { value: initial, op } : values.get(version - 1);
    if (before !== undefined && before.value !== expected)
      wrong(
        [before.op, op],
        `${brief(operations, op)} found another value in version ${version - 1} than it expected`,
      );
  }
  if (!findings.isBroken) fillGaps(operations, of, { steps, values, initial }, findings);
}

/**
 * The successful operations of a key with the versions of their answers. Undefined: an answer has no version, so the
 * key is not judged.
 */
function stepsOf(operations: Operations, of: Int32Array, findings: Findings): Step[] | undefined {
  const { f, value, expected, values, history } = operations;
  const steps: Step[] = [];
  for (const op of of) {
    if (!history.isOk(op)) continue;
    const isCas = f[op] === fn.cas;
    // A cas is [version [old new]]: the parser took the version for "old", and the pair for "new".
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
 * An operation that began after another had ended must not have a lower version. If it is a write, it must have a
 * higher one. Reports the first violation.
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
      `${brief(operations, step.op)} has version ${step.version}, though ${brief(operations, newest.op)}, which has version ${newest.version}, had ended before it began`,
    );
    return;
  }
}

/**
 * Versions count up by one, so each unnamed version belongs to an indeterminate write. From the newest to the oldest,
 * each gets the candidate that began last, which leaves the earliest candidates for older versions.
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
  /** When each version must have been written: before the end of any operation that shows it or a later one. */
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
  // Versions with known values choose first, since the others accept any value.
  for (const gap of [
    ...gaps.filter((one) => one.value !== absent),
    ...gaps.filter((one) => one.value === absent),
  ]) {
    // A cas found its expected value. That needs the value of the version before, else the result is unknown.
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
