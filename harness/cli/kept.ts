/** Measures what a run left on the disk: history folders, bytes, and the zip. */
import { count } from "../../reports/index.ts";
import type { Keep, WriteUp } from "../campaign/index.ts";
import { bytesBelow } from "../folder-files.ts";

export interface Kept {
  /** The value of `--keep`. */
  readonly which: Keep;
  /** The number of histories whose folders were kept. */
  readonly histories: number;
  readonly of: number;
  readonly folder: string;
  readonly bytes: number;
  readonly zip?: { readonly file: string; readonly bytes: number };
}

/** Counts the history folders that the run kept, and the bytes in its folder. */
export const keptOf = ({ campaign, folder }: WriteUp, which: Keep): Kept => ({
  which,
  histories: campaign.histories.filter((row) => row.folder !== undefined).length,
  of: campaign.histories.length,
  folder,
  bytes: bytesBelow(folder),
});

/** Writes the zip of the run's folder and adds the zip to the result. Throws the file system's error. */
export async function zipped(kept: Kept, file: string): Promise<Kept> {
  const { zipRun } = await import("../run-archive.ts");
  return { ...kept, zip: { file, bytes: await zipRun(kept.folder, file) } };
}

/** A line for people that says what the run kept. */
export const keptLine = ({ which, histories, of, folder, bytes, zip }: Kept): string =>
  `Kept ${histories} of ${count(of, "history", "histories")} (--keep ${which}): ${size(bytes)} in ${folder}${zip === undefined ? "" : `, ${size(zip.bytes)} in ${zip.file}`}.`;

/** Formats bytes in decimal units, as disks and CI servers do. */
export function size(bytes: number): string {
  const [unit, name] = units.find(([least]) => bytes >= least) ?? [1, "bytes"];
  const amount = bytes / unit;
  return `${amount < 10 && unit > 1 ? amount.toFixed(1) : Math.round(amount)} ${name}`;
}

const units: readonly (readonly [number, string])[] = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "KB"],
];
