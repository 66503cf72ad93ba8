/** Parses the imports of source files. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

export interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
  /** The imported names that are needed at run time, or * for all. */
  readonly values: readonly string[];
}

/** The paths of all TypeScript files below a folder. */
export function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** A source file's imports of this project's own files, including imports of types. */
export function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const folder = relative(root, file).split(sep)[0] ?? "";
  const found = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?([^;]*?)\s*from\s+"(\.[^"]+)"/gms),
  ];
  return found.map(([, type, names = "", path = ""]) => {
    const target = relative(root, resolve(dirname(file), path.replace(/\?.*/, "")));
    const inner = /^\{(.*)\}$/s
      .exec(names)?.[1]
      ?.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
    const values =
      type !== undefined ? [] : (inner?.filter((name) => !name.startsWith("type ")) ?? ["*"]);
    return {
      file: relative(root, file),
      from: folder,
      to: target.split(sep)[0] ?? "",
      target,
      values,
    };
  });
}
