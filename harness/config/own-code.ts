/** Tells errors of the user's own code (a configuration or its imports) from errors of quorate. */
import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Complained, UsageError } from "../errors.ts";

interface Bundle {
  readonly map: SourceMap;
  /** The folder that the map's sources are relative to. */
  readonly folder: string;
}

/** The bundles by their paths, which stack traces name. */
const bundles = new Map<string, Bundle>();

/**
 * Records that a bundle was made from the user's files.
 *
 * @param path The path of the bundle.
 * @param map The bundle's source map, as JSON.
 * @param folder The folder that the map's sources are relative to.
 */
export function rememberOwnCode(path: string, map: string, folder: string): void {
  bundles.set(path, { map: new SourceMap(JSON.parse(map) as SourceMapPayload), folder });
}

/**
 * Turns an error of the user's own code (a configuration or its imports) into one that names file, line and function. A
 * thrown value that is no Error gets no file and line.
 *
 * @param thrown Any thrown value.
 * @returns The new error. Null if none of the user's code took part, or if quorate threw the error on purpose.
 */
export function ownCodeError(thrown: unknown): UsageError | null {
  if (thrown instanceof Complained) return null;
  // quorate itself throws only instances of Error, so the user's code threw this value.
  if (!(thrown instanceof Error))
    return new UsageError({
      code: "own-code-threw",
      expected: "the user's code to throw only values of the class Error",
      got: String(thrown),
      hint: "An Error records where it was thrown",
    });
  for (const line of thrown.stack?.split("\n") ?? []) {
    const place = placeOf(line);
    if (place === null) continue;
    const { file, called, at } = place;
    return new UsageError(
      {
        code: "own-code-threw",
        expected: `${called} of ${file} to return`,
        got: `${thrown.name}: ${thrown.message}, thrown at ${file}:${at}`,
        hint: "Correct the code there; docs/configuration.md says what each function must do",
      },
      thrown,
    );
  }
  return null;
}

interface Place {
  /** The path of the user's file, relative to the working directory. */
  readonly file: string;
  readonly called: string;
  readonly at: number;
}

/**
 * Returns the place in the user's code that a line of a stack trace names. Returns null if the line names other code.
 */
function placeOf(line: string): Place | null {
  const { called, path, row, column } = frame.exec(line)?.groups ?? {};
  if (path === undefined) return null;
  const bundle = bundles.get(path.startsWith("file:") ? fileURLToPath(path) : path);
  if (bundle === undefined) return null;
  const entry = bundle.map.findEntry(Number(row) - 1, Number(column) - 1);
  if (!("originalSource" in entry)) return null;
  return {
    file: relative(process.cwd(), resolve(bundle.folder, entry.originalSource)),
    called: called?.replace(/^Object\./, "") ?? "a function",
    at: entry.originalLine + 1,
  };
}

const frame =
  /^\s+at (?:async )?(?:(?:[gs]et )?(?<called>[^ ]+)(?: \[as [^\]]+\])? \()?(?<path>(?:file:\/\/)?[^ ()]+):(?<row>\d+):(?<column>\d+)\)?$/;
