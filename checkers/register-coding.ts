/** One key's operations, coded for the ladder. */
import { effectEndUs } from "./operations.ts";
import { named, valueName } from "./words.ts";
import { phantom } from "./phantom.ts";
import type { CodedRegister } from "./ladder.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operations.ts";
import type { Anomaly, GuaranteeName, Key, VersionedValue } from "./index.ts";

export interface CodedKey {
  readonly key: Key;
  readonly register: CodedRegister;
  /** The write of each value; undefined for the initial value and for a tombstone of unknown origin. */
  readonly writes: readonly (Operation | undefined)[];
  /** In the order of the register's reads. */
  readonly reads: readonly Operation[];
  /** The values that are deletions. */
  readonly deletes: readonly number[];
  /** Reads that found nothing, not even a tombstone, where that may have been a delete's doing. */
  readonly absences: readonly Operation[];
  /** Reads of what was never written, or not yet, or definitely not. Left out of the register. */
  readonly rejected: readonly Anomaly[];
  /** The same with one more read of this value. */
  with(read: Operation, value: number): CodedKey;
}

export function codeKey(guarantee: GuaranteeName, model: Model, key: Key): CodedKey {
  const writers = model.writers(key);
  const operations = model.keys.get(key) ?? [];
  const writes: (Operation | undefined)[] = [undefined];
  const codes = new Map<Operation | string, number>();
  const deletes: number[] = [];
  const code = (writer: Operation | string): number => {
    let value = codes.get(writer);
    if (value === undefined) {
      codes.set(writer, (value = writes.length));
      writes.push(typeof writer === "string" ? undefined : writer);
      if (typeof writer === "string" || writer.f === "delete") deletes.push(value);
    }
    return value;
  };
  const reads: Operation[] = [];
  const values: number[] = [];
  const absences: Operation[] = [];
  const rejected: Anomaly[] = [];
  const firstDeleteUs = operations.reduce((first, { f, outcome, startUs }) => (f === "delete" && outcome !== "fail" ? Math.min(first, startUs) : first), Infinity);
  for (const operation of operations) {
    if (operation.f !== "read") {
      if (operation.outcome !== "fail") code(operation);
      continue;
    }
    if (operation.outcome !== "ok") continue;
    const versioned = onlyVersion(operation);
    const illegal = versioned === undefined ? null : reject(guarantee, writers, operation, versioned);
    if (illegal !== null) rejected.push(illegal);
    else if (versioned !== undefined) {
      reads.push(operation);
      // Every delete whose version is not known may have written a tombstone of unknown origin.
      values.push(code(writers.of(versioned) ?? versioned.version));
    } else if (firstDeleteUs <= operation.endUs) absences.push(operation);
    else {
      reads.push(operation);
      values.push(0);
    }
  }
  const anonymousStart = Math.min(...writers.anonymousDeletes.map(({ startUs }) => startUs));
  const writeStart = Float64Array.from(writes, (write, value) => (value === 0 ? -Infinity : (write?.startUs ?? anonymousStart)));
  const writeEnd = Float64Array.from(writes, (write, value) => (value === 0 ? -Infinity : write === undefined ? Infinity : effectEndUs(write)));
  return assemble({ key, writes, deletes, absences, rejected }, { writeStart, writeEnd }, reads, values);
}

function assemble(
  rest: Pick<CodedKey, "key" | "writes" | "deletes" | "absences" | "rejected">,
  times: Pick<CodedRegister, "writeStart" | "writeEnd">,
  reads: readonly Operation[],
  values: readonly number[],
): CodedKey {
  const register = {
    ...times,
    readValue: Int32Array.from(values),
    readStart: Float64Array.from(reads, ({ startUs }) => startUs),
    readEnd: Float64Array.from(reads, ({ endUs }) => endUs),
  };
  return { ...rest, register, reads, with: (read, value) => assemble(rest, times, [...reads, read], [...values, value]) };
}

function onlyVersion(read: Operation): VersionedValue | undefined {
  if (read.versions.length > 1) throw new Error(`${named(read)} returned ${read.versions.length} versions of a register`);
  return read.versions[0];
}

function reject(guarantee: GuaranteeName, writers: ReturnType<Model["writers"]>, read: Operation, versioned: VersionedValue): Anomaly | null {
  const writer = writers.of(versioned);
  if (writer?.outcome !== "fail") return phantom(guarantee, writers, read, versioned);
  const explanation = `${named(read)} returned ${valueName(versioned.value)}, although ${named(writer)} had definitely failed (${writer.code ?? "no code"})`;
  return { guarantee, explanation, operations: [writer.op, read.op], key: read.key, atUs: read.endUs };
}
