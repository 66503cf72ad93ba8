/** Paths of this package's own files, which are right both for the sources and for dist/. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder)
    throw new Error(
      "quorate's package.json is in none of the folders above its code: the installation is damaged",
    );
  return findRoot(above);
}
