/** Turns one key's operations into numbers for the register levels. */
import { isDelete, isFail, isOk, isRead } from "../columnar/operation-table.ts";
import { named, valueName } from "../messages/operation-messages.ts";
import { thinAirRead } from "../thin-air/no-thin-air.ts";
import type { CodedRegister } from "./ladder.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Key } from "../language/history.ts";
import type { Anomaly } from "../language/verdict.ts";

/**
 * One key as numbers, and the operations that the numbers stand for. Reads and values are numbered as in `register`.
 */
export interface CodedKey {
  readonly key: Key;
  readonly register: CodedRegister;
  /** The write of a value. Undefined: the value is the initial one, or a tombstone of unknown origin. */
  write(value: number): Operation | undefined;
  read(index: number): Operation;
  /** The values that stand for deletes: those that deletes wrote, and tombstones of unknown origin. */
  readonly deletes: readonly number[];
  /** The reads that found nothing, not even a tombstone, but may show the effect of a delete. */
  readonly absences: readonly Operation[];
  /**
   * The number of reads that returned a value which nobody had written by then, or whose write had certainly failed.
   * The register does not contain these reads.
   */
  readonly rejections: number;
  rejected(guarantee: string): readonly Anomaly[];
  /** The same key with one more read, which returned this value. */
  with(read: Operation, value: number): CodedKey;
}

/** Cached for each model, since every level uses the same numbers. */
const coded = new WeakMap<
  Model,
  { readonly keys: Map<Key, CodedKey>; readonly valueOf: Int32Array }
>();

/** The key's operations as numbers. Throws HistoryError if two writes of the key have the same value. */
export function codeKey(model: Model, key: Key): CodedKey {
  let known = coded.get(model);
  if (known === undefined)
    coded.set(
      model,
      (known = { keys: new Map(), valueOf: new Int32Array(model.columns.table.count) }),
    );
  let one = known.keys.get(key);
  if (one === undefined) known.keys.set(key, (one = code(model, key, known.valueOf)));
  return one;
}

/**
 * Turns a key's operations into numbers.
 *
 * @param valueOf For each row of the whole table, the number of the value that the row wrote, or 0 at first. The rows
 * of this key are filled in.
 */
function code(model: Model, key: Key, valueOf: Int32Array): CodedKey {
  const writers = model.writers(key);
  const { table, authors, rows, views } = model.columns;
  const own = rows.of(table.keys.find(key));
  const anonymousStart = writers.anonymousDeletes.reduce(
    (first, { startUs }) => Math.min(first, startUs),
    Infinity,
  );
  // The row of each value's write, and the row and value of each read. Value 0 is the initial one and has no row.
  const writeRows = new Int32Array(own.length + 1);
  writeRows[0] = -1;
  let values = 1;
  const unknown = new Map<number, number>();
  const readRows = new Int32Array(own.length);
  const readValue = new Int32Array(own.length);
  let reads = 0;
  const absences: Operation[] = [];
  const rejected: Operation[] = [];
  let firstDeleteUs = Infinity;
  for (const row of own)
    if (table.f[row] === isDelete && table.outcome[row] !== isFail)
      firstDeleteUs = Math.min(firstDeleteUs, table.startUs[row] as number);
  const valueOfRow = (row: number): number => {
    if (valueOf[row] === 0) {
      valueOf[row] = values;
      writeRows[values++] = row;
    }
    return valueOf[row] as number;
  };
  // The number of a tombstone of unknown origin. Any delete with unknown version may have written that tombstone.
  const valueOfUnknown = (version: number): number => {
    let value = unknown.get(version);
    if (value === undefined) {
      unknown.set(version, (value = values));
      writeRows[values++] = -1;
    }
    return value;
  };
  for (const row of own) {
    const outcome = table.outcome[row];
    if (table.f[row] !== isRead) {
      if (outcome !== isFail) valueOfRow(row);
      continue;
    }
    if (outcome !== isOk) continue;
    const size = table.versionCount[row] as number;
    if (size > 1)
      throw new Error(`${named(views.at(row))} returned ${size} versions of a register`);
    const endUs = table.endUs[row] as number;
    if (size === 0 && firstDeleteUs <= endUs) {
      absences.push(views.at(row));
      continue;
    }
    let value = 0;
    if (size === 1) {
      const at = table.firstVersion[row] as number;
      const version = table.version[at] as number;
      const shown = table.versionValue[at] as number;
      const writer = authors.of(version, shown);
      const legal =
        writer < 0
          ? shown < 0 && anonymousStart <= endUs
          : table.outcome[writer] !== isFail && (table.startUs[writer] as number) <= endUs;
      if (!legal) {
        rejected.push(views.at(row));
        continue;
      }
      value = writer < 0 ? valueOfUnknown(version) : valueOfRow(writer);
    }
    readRows[reads] = row;
    readValue[reads++] = value;
  }
  const writeStart = new Float64Array(values);
  const writeEnd = new Float64Array(values);
  const deletes: number[] = [];
  writeStart[0] = writeEnd[0] = -Infinity;
  for (let value = 1; value < values; value++) {
    const row = writeRows[value] as number;
    writeStart[value] = row < 0 ? anonymousStart : (table.startUs[row] as number);
    writeEnd[value] =
      row < 0 || table.outcome[row] !== isOk ? Infinity : (table.endUs[row] as number);
    if (row < 0 || table.f[row] === isDelete) deletes.push(value);
  }
  const readStart = new Float64Array(reads);
  const readEnd = new Float64Array(reads);
  for (let read = 0; read < reads; read++) {
    const row = readRows[read] as number;
    readStart[read] = table.startUs[row] as number;
    readEnd[read] = table.endUs[row] as number;
  }
  const register = {
    writeStart,
    writeEnd,
    readValue: readValue.slice(0, reads),
    readStart,
    readEnd,
  };
  const writesOfValues = writeRows.slice(0, values);
  const readsInOrder = readRows.slice(0, reads);
  return {
    key,
    register,
    deletes,
    absences,
    write: (value) =>
      (writesOfValues[value] ?? -1) < 0 ? undefined : views.at(writesOfValues[value] as number),
    read: (index) => views.at(readsInOrder[index] as number),
    rejections: rejected.length,
    rejected: (guarantee) => rejected.flatMap((read) => reject(guarantee, writers, read) ?? []),
    with(read, value) {
      return withRead(this, read, value);
    },
  };
}

function withRead(before: CodedKey, read: Operation, value: number): CodedKey {
  const { readValue, readStart, readEnd } = before.register;
  const register = {
    ...before.register,
    readValue: Int32Array.from([...readValue, value]),
    readStart: Float64Array.from([...readStart, read.startUs]),
    readEnd: Float64Array.from([...readEnd, read.endUs]),
  };
  return {
    ...before,
    register,
    read: (index) => (index === readValue.length ? read : before.read(index)),
  };
}

function reject(
  guarantee: string,
  writers: ReturnType<Model["writers"]>,
  read: Operation,
): Anomaly | null {
  const versioned = read.versions[0];
  if (versioned === undefined) return null;
  const writer = writers.of(versioned);
  if (writer?.outcome !== "fail") return thinAirRead(guarantee, writers, read, versioned);
  const explanation = `${named(read)} returned ${valueName(versioned.value)}, although ${named(writer)} had definitely failed (${writer.code ?? "no code"})`;
  return {
    guarantee,
    explanation,
    operations: [writer.op, read.op],
    key: read.key,
    atUs: read.endUs,
  };
}
