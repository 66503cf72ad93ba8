/** Reads the measurements in a verdict. Each checker chooses their names and shapes. */
import type { GuaranteeName, Measurement } from "../checkers/index.ts";
import type { Exhibit } from "./campaign.ts";

export type Measurements = Readonly<Record<string, Measurement>>;
export type Row = { readonly [name: string]: Measurement };

export const measured = (exhibit: Exhibit, guarantee: GuaranteeName): Measurements =>
  exhibit.verdict.guarantees[guarantee]?.measurements ?? {};

/** The rows of a measurement that is a list of records. Empty for any other measurement. */
export const rowsOf = (measurement: Measurement | undefined): readonly Row[] =>
  isList(measurement) ? measurement.filter(isRow) : [];

export const isList = (
  measurement: Measurement | undefined,
): measurement is readonly Measurement[] => Array.isArray(measurement);

export const isRow = (measurement: Measurement | undefined): measurement is Row =>
  typeof measurement === "object" && measurement !== null && !Array.isArray(measurement);

export const numberIn = (row: Row, name: string): number | undefined => {
  const value = row[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
};

export const textIn = (row: Row, name: string): string | undefined => {
  const value = row[name];
  return typeof value === "string" ? value : undefined;
};
