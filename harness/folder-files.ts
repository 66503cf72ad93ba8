/** Lists the files of a folder. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Paths of all plain files below the folder, with "/" as separator, in order. Leaves out links. */
export function filesBelow(folder: string, above = ""): readonly string[] {
  return readdirSync(join(folder, above), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${above}${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, `${path}/`) : entry.isFile() ? [path] : [];
    });
}

/** The bytes of all plain files below the folder. */
export const bytesBelow = (folder: string): number =>
  filesBelow(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
