/** One key of another tool's history on the register ladder: plain registers whose values are written once. */
import { type CodedRegister, findViolation, type Level, zones } from "../register/ladder.ts";
import { brief, shown } from "./words.ts";
import type { ForeignOperation, ForeignValue } from "./history.ts";

export interface Coded {
  readonly register: CodedRegister;
  /** The write of each value; undefined for the initial value. */
  readonly writes: readonly (ForeignOperation | undefined)[];
  readonly reads: readonly ForeignOperation[];
  /** Reads of what was never written, or not yet. Left out of the register. */
  readonly rejected: readonly ForeignOperation[];
}

/** null where the ladder does not apply: other operations than reads and writes, or a value that is not written once. */
export function code(operations: readonly ForeignOperation[], initial: ForeignValue): Coded | null {
  const writes: (ForeignOperation | undefined)[] = [undefined];
  const codes = new Map<ForeignValue, number>([[initial, 0]]);
  for (const operation of operations) {
    if (operation.f === "read") continue;
    if (operation.f !== "write" || codes.has(operation.value)) return null;
    codes.set(operation.value, writes.length);
    writes.push(operation);
  }
  const rejected: ForeignOperation[] = [];
  const reads: ForeignOperation[] = [];
  const values: number[] = [];
  for (const read of operations) {
    if (read.f !== "read") continue;
    const value = codes.get(read.value);
    if (value === undefined || (writes[value]?.start ?? -Infinity) > read.end) rejected.push(read);
    else {
      reads.push(read);
      values.push(value);
    }
  }
  const register = {
    writeStart: Float64Array.from(writes, (write) => write?.start ?? -Infinity),
    writeEnd: Float64Array.from(writes, (write) => write?.end ?? -Infinity),
    readValue: Int32Array.from(values),
    readStart: Float64Array.from(reads, ({ start }) => start),
    readEnd: Float64Array.from(reads, ({ end }) => end),
  };
  return { register, writes, reads, rejected };
}

/** Why there is no order, and the operations that prove it. */
export interface Illegal {
  readonly explanation: string;
  readonly operations: readonly ForeignOperation[];
}

export function judgeLevel(level: Level, coded: Coded): Illegal[] {
  const illegal: Illegal[] = coded.rejected.map((read) => ({
    explanation: `${brief(read)} returned what no operation had written before line ${read.endLine ?? "?"}`,
    operations: [read],
  }));
  const zoned = zones(level, coded.register);
  const violation = findViolation(zoned);
  if (violation !== null) illegal.push(explain(coded, zoned.last, violation));
  return illegal;
}

/** Each of the two values was still current after the other had been written. */
function explain(
  { writes, reads, register }: Coded,
  last: Float64Array,
  pair: { readonly v: number; readonly u: number },
): Illegal {
  const side = (
    value: number,
  ): {
    name: string;
    write: ForeignOperation | undefined;
    current: ForeignOperation | undefined;
  } => {
    const write = writes[value];
    const current =
      reads.find((read, i) => register.readValue[i] === value && read.start === last[value]) ??
      write;
    return { name: write === undefined ? "the initial value" : shown(write.value), write, current };
  };
  const a = side(pair.v);
  const b = side(pair.u);
  const still = ({ name, current }: typeof a): string =>
    current === undefined
      ? `${name} was current`
      : `${brief(current)} shows ${name} current from line ${current.startLine} on`;
  const operations = [a.write, b.write, a.current, b.current].filter(
    (operation) => operation !== undefined,
  );
  return {
    explanation: `${a.name} and ${b.name} each come before the other: ${still(a)}, after ${b.name} had been written; ${still(b)}, after ${a.name} had been written`,
    operations: [...new Set(operations)],
  };
}
