/** Tells errors that a user's own code threw, from a configuration file or what that imports, from those of quorate. */
import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Complained, UsageError } from "../errors.ts";

interface Bundle {
  readonly map: SourceMap;
  /** What the map's sources are relative to. */
  readonly folder: string;
}

/** By the path that stack traces name. */
const bundles = new Map<string, Bundle>();

/**
 * Remembers that a file was made from a user's own ones.
 *
 * @param path The file that runs.
 * @param map Its source map, as JSON.
 * @param folder The folder that the map's sources are relative to.
 */
export function rememberOwnCode(path: string, map: string, folder: string): void {
  bundles.set(path, { map: new SourceMap(JSON.parse(map) as SourceMapPayload), folder });
}

/**
 * What to say of an error that a user's own code threw.
 *
 * @param thrown Anything that was thrown.
 * @returns An error that names the file, the line and the function; null where no code of the user's took part, or the
 *   error already says what was asked wrongly.
 */
export function ownCodeError(thrown: unknown): UsageError | null {
  if (thrown instanceof Complained) return null;
  // quorate throws nothing but errors.
  if (!(thrown instanceof Error))
    return new UsageError({
      code: "own-code-threw",
      expected: "code that quorate was given to throw an Error, if anything",
      got: String(thrown),
      hint: "An Error says where it was thrown",
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
        hint: "Correct it there; docs/configuration.md says what each function is asked",
      },
      thrown,
    );
  }
  return null;
}

interface Place {
  /** From the working directory. */
  readonly file: string;
  readonly called: string;
  readonly at: number;
}

/** Of one line of a stack trace; null: it is no line of the user's code. */
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
  /^\s+at (?:async )?(?:(?<called>[^ ]+)(?: \[as [^\]]+\])? \()?(?<path>(?:file:\/\/)?[^ ()]+):(?<row>\d+):(?<column>\d+)\)?$/;
