/** Lists the files of a folder. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the paths of all plain files below the folder, relative to it, in a fixed order, with "/" as separator.
 * Leaves out links.
 */
export function filesBelow(folder: string, above = ""): readonly string[] {
  return readdirSync(join(folder, above), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${above}${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, `${path}/`) : entry.isFile() ? [path] : [];
    });
}

/** The total size of all plain files below the folder, in bytes. */
export const bytesBelow = (folder: string): number =>
  filesBelow(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
