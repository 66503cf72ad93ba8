/** Explains a violation of the register levels. */
import { brief, milliseconds, named, returned } from "../messages/operation-messages.ts";
import type { CodedKey } from "./register-coding.ts";
import { isOlder, isWrittenBefore, type Level, type Violation, type Zones } from "./ladder.ts";
import type { Operation } from "../columnar/operation.ts";

export interface ViolationMessage {
  readonly explanation: string;
  readonly operations: readonly number[];
  /** The read that returned an outdated value. */
  readonly stale?: Operation;
  readonly missed?: Operation;
  /** The write of the value that the stale read returned. */
  readonly shown?: Operation;
}

/**
 * The operations that show when a value was written and current: the value was written before `written` ended, and it
 * was still current when `current` began.
 */
interface Bounds {
  readonly value: string;
  readonly write: Operation | undefined;
  readonly written: Operation | undefined;
  readonly current: Operation | undefined;
}

export function explainViolation(
  level: Level,
  coded: CodedKey,
  zoned: Zones,
  { v, u }: Violation,
): ViolationMessage {
  const a = boundsOf(level, coded, zoned, v);
  const b = boundsOf(level, coded, zoned, u);
  const lastRead = ({ written, current }: Bounds): number =>
    current?.f !== "read" ? -Infinity : written === undefined ? Infinity : current.startUs;
  const isFirst = isOlder(coded.register, { v, u }, (value) => lastRead(value === v ? a : b));
  const [old, young] = isFirst ? [a, b] : [b, a];
  const areOrdered = isFirst
    ? isWrittenBefore(coded.register, v, u)
    : isWrittenBefore(coded.register, u, v);
  // At the level `regular-stamped`, the order of the writes in time proves nothing.
  const [earlier, later] =
    level !== "regular-stamped" && areOrdered && old.write && young.write
      ? [
          { ...old, written: old.write },
          { ...young, current: young.write },
        ]
      : [old, young];
  const operations = [
    old.write,
    young.write,
    earlier.written,
    young.written,
    old.current,
    later.current,
  ].flatMap((operation) => operation?.op ?? []);
  const stale = old.current?.f === "read" ? old.current : undefined;
  return {
    explanation: `${after(young, old)}, and ${before(earlier, later)}`,
    operations: [...new Set(operations)],
    ...(stale === undefined ? {} : { stale }),
    ...(young.write === undefined ? {} : { missed: young.write }),
    ...(old.write === undefined ? {} : { shown: old.write }),
  };
}

/** Says why `old` was still current after `young` had been written. */
function after(young: Bounds, old: Bounds): string {
  const { written } = young;
  const { current } = old;
  if (written === undefined || current === undefined)
    return `${old.value} was current after ${young.value}`;
  const gap = milliseconds(current.startUs - written.endUs);
  const how =
    written.f === "read"
      ? `${named(written)} had returned ${young.value}`
      : `${brief(written)} was acknowledged`;
  return current.f === "read"
    ? `${named(current)} returned ${old.value}, although ${how} ${gap} before the read began`
    : `${named(current)} began ${gap} after ${how}`;
}

/** Says why `old` had been written before `young` was written. */
function before(old: Bounds, young: Bounds): string {
  const { written } = old;
  const { current } = young;
  if (written === undefined) return `${young.value} is newer than the initial value`;
  if (current === undefined) return `${old.value} was written before ${young.value}`;
  const how =
    written.f === "read"
      ? `${named(written)} had returned ${old.value}`
      : `${brief(written)} was acknowledged`;
  const gap = milliseconds(current.startUs - written.endUs);
  return current.f === "read"
    ? `${named(current)}, begun ${gap} after ${how}, returned ${young.value}, so each of these two values would have to be written after the other`
    : `${brief(current)} began ${gap} after ${how}`;
}

function boundsOf(level: Level, coded: CodedKey, zoned: Zones, value: number): Bounds {
  const write = coded.write(value);
  const { readValue, readStart, readEnd, writeEnd } = coded.register;
  const first = zoned.first[value] as number;
  const last = zoned.last[value] as number;
  /** The first read of the value for which `holds` is true. */
  const readWhere = (holds: (index: number) => boolean): Operation | undefined => {
    const index = readValue.findIndex((of, i) => of === value && holds(i));
    return index < 0 ? undefined : coded.read(index);
  };
  const shown = readWhere(() => true);
  return {
    value:
      write?.f === "delete"
        ? `the tombstone of delete ${write.op}`
        : (write?.value ??
          (shown === undefined || value === 0 ? "nothing" : returned(shown.versions))),
    write,
    written:
      write !== undefined && writeEnd[value] === first
        ? write
        : level === "linearizable"
          ? readWhere((i) => readEnd[i] === first)
          : write,
    current: readWhere((i) => readStart[i] === last) ?? write,
  };
}
