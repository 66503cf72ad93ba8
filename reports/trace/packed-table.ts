/**
 * Encodes rows as columns. A hundred thousand operations as JSON objects are mostly repeated names, which take tens of
 * MB and much of a browser's time. Columns are far smaller. `page/unpacked-table.ts` decodes them.
 */

/**
 * A column: the values of one field, in the order of rows. `present` lists the rows that have the field. If fewer rows
 * lack it, `absent` lists these instead. Without both lists, all rows have the field.
 */
export type Column = {
  readonly present?: readonly number[];
  readonly absent?: readonly number[];
} & (
  | { readonly kind: "values"; readonly values: readonly unknown[] }
  /** Whole numbers. Each is stored as the difference from the number before it. */
  | { readonly kind: "steps"; readonly steps: readonly number[] }
  /**
   * Values of which many are equal. `words` has each different value once, and `places` has the index in `words` for
   * each row.
   */
  | {
      readonly kind: "words";
      readonly words: readonly unknown[];
      readonly places: readonly number[];
    }
  /** Lists of rows: the length of each list, and the rows of all lists one after the other. */
  | { readonly kind: "lists"; readonly lengths: readonly number[]; readonly rows: Table }
);

export interface Table {
  readonly count: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/**
 * Encodes the rows. A row may lack any field, and a field may have any JSON value. A field with the value undefined is
 * left out.
 */
export function toTable(rows: readonly object[]): Table {
  const fields = new Map<string, { readonly at: number[]; readonly values: unknown[] }>();
  rows.forEach((row, index) => {
    for (const [name, value] of Object.entries(row)) {
      if (value === undefined) continue;
      const field = fields.get(name) ?? { at: [], values: [] };
      field.at.push(index);
      field.values.push(value);
      fields.set(name, field);
    }
  });
  return {
    count: rows.length,
    columns: Object.fromEntries(
      [...fields].map(([name, { at, values }]) => [
        name,
        { ...rowsOf(at, rows.length), ...column(values) },
      ]),
    ),
  };
}

function rowsOf(at: readonly number[], count: number): Pick<Column, "present" | "absent"> {
  if (at.length === count) return {};
  if (at.length <= count / 2) return { present: at };
  const has = new Set(at);
  return {
    absent: Array.from({ length: count }, (_, index) => index).filter((index) => !has.has(index)),
  };
}

function column(values: readonly unknown[]): Column {
  if (values.every((value) => Array.isArray(value) && value.every(isRow))) {
    const lists = values as readonly (readonly object[])[];
    return {
      kind: "lists",
      lengths: lists.map(({ length }) => length),
      rows: toTable(lists.flat()),
    };
  }
  if (values.every((value) => Number.isSafeInteger(value))) {
    const numbers = values as readonly number[];
    const steps = numbers.map((value, index) => value - (numbers[index - 1] ?? 0));
    // Near the limits of exact numbers a difference may be inexact, so such numbers are stored as they are.
    if (steps.every(Number.isSafeInteger)) return { kind: "steps", steps };
  }
  if (values.every((value) => value === null || typeof value !== "object")) {
    const words = new Map([...new Set(values)].map((value, place) => [value, place]));
    if (words.size <= values.length / 4)
      return {
        kind: "words",
        words: [...words.keys()],
        places: values.map((value) => words.get(value) ?? 0),
      };
  }
  return { kind: "values", values };
}

/** Whether the value is an object and not a list. */
const isRow = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
