/** Turns the columns that trace/packed-table.ts made into rows again. */
import type { Column, Table } from "../trace/packed-table.ts";

export function fromTable(table: Table): Record<string, unknown>[] {
  function valuesOf(column: Column): readonly unknown[] {
    switch (column.kind) {
      case "values":
        return column.values;
      case "steps": {
        let sum = 0;
        return column.steps.map((step) => (sum += step));
      }
      case "words":
        return column.places.map((place) => column.words[place]);
      case "lists": {
        const rows = rowsOf(column.rows);
        let next = 0;
        return column.lengths.map((length) => rows.slice(next, (next += length)));
      }
    }
  }

  function rowsOf({ count, columns }: Table): Record<string, unknown>[] {
    const rows = Array.from({ length: count }, (): Record<string, unknown> => ({}));
    for (const [name, column] of Object.entries(columns)) {
      const values = valuesOf(column);
      const absent = new Set(column.absent);
      let next = 0;
      const set = (row: Record<string, unknown> | undefined): void => {
        if (row !== undefined) row[name] = values[next++];
      };
      if (column.present !== undefined) for (const index of column.present) set(rows[index]);
      else if (absent.size === 0) rows.forEach(set);
      else rows.forEach((row, index) => absent.has(index) || set(row));
    }
    return rows;
  }

  return rowsOf(table);
}
