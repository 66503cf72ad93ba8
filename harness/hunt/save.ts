/** Keeps a hunt's results in a folder beside the runs, for `quorate serve` and documents. */
import type { HuntReport } from "../../reports/index.ts";
import { createRunFolder, type RunFolder } from "../campaign/index.ts";

/**
 * Returns a function that writes hunt.json and hunt.md (the tables) to `<out>/<time>-hunt-<seed>` and returns the
 * folder's path.
 */
export function createHuntKeeper(out: string): (report: HuntReport, tables: string) => string {
  let folder: RunFolder | null = null;
  return (report, tables) => {
    folder ??= createRunFolder(out, `hunt-${report.seed}`, new Date(report.startedAt));
    folder.saveText("hunt.md", `${tables}\n`);
    folder.saveText("hunt.json", `${JSON.stringify(report, null, 2)}\n`);
    return folder.path;
  };
}
