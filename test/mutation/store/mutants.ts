/**
 * Mutants of the bundled store. Each is one change of its source, made by Stryker's instrumenter. Nodes and clients run
 * the changed copy. The harness and the checkers use the unchanged store, so a mutant cannot affect how it is judged.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { build, type Plugin } from "esbuild";
import { packageRoot } from "../../../harness/paths.ts";
import { Random } from "../../../harness/platforms/simulator/random.ts";

/** A mutant: one change in one source file of the store. */
export interface Mutant {
  readonly id: string;
  /** The path of the file in the package, such as `store/node.ts`. */
  readonly file: string;
  /** The number of the line, from 1 on. */
  readonly line: number;
  readonly mutator: string;
  /** The text that the change replaces. `becomes` is the new text. */
  readonly was: string;
  readonly becomes: string;
  /** The positions in the file's text at which the replaced text begins and ends. */
  readonly from: number;
  readonly to: number;
}

/**
 * All mutants, and the text of each file with all its mutants and with counters that show which of them were reached.
 */
export interface Instrumented {
  readonly mutants: readonly Mutant[];
  readonly files: ReadonlyMap<string, string>;
}

const readSource = (file: string): string => readFileSync(join(packageRoot, file), "utf8");

/**
 * Whether the simulator runs the file. The simulator replaces store/real/: the sockets, files and processes of real
 * machines.
 */
const isSimulated = (file: string): boolean => !file.startsWith("store/real/");

/**
 * Makes all mutants of the files that the simulator runs.
 *
 * @throws Error if a file is not TypeScript
 */
export async function instrument(): Promise<Instrumented> {
  const names = readdirSync(join(packageRoot, "store"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `store/${name}`)
    .filter(isSimulated)
    .sort();
  const sources = new Map(names.map((name) => [name, readSource(name)]));
  const { files, mutants } = await new Instrumenter(quiet).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return {
    files: new Map(files.map(({ name, content }) => [name, content])),
    mutants: mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
      const source = sources.get(fileName) ?? "";
      const from = placeOf(source, location.start);
      const to = placeOf(source, location.end);
      const becomes = replacement;
      return {
        id,
        file: fileName,
        line: location.start.line + 1,
        mutator: mutatorName,
        was: source.slice(from, to),
        becomes,
        from,
        to,
      };
    }),
  };
}

const silent = (): void => {};
const quiet = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/** The position of a line and column, both counted from 0 on, as in Stryker. */
function placeOf(source: string, { line, column }: { line: number; column: number }): number {
  let start = 0;
  for (let passed = 0; passed < line; passed++) start = source.indexOf("\n", start) + 1;
  return start + column;
}

/** The first `count` mutants in a random order that depends only on the seed. */
export function drawMutants(mutants: readonly Mutant[], seed: number, count: number): Mutant[] {
  const random = new Random(seed, "mutants");
  const shuffled = [...mutants];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.between(0, last);
    const [a, b] = [shuffled[last], shuffled[other]];
    if (a !== undefined && b !== undefined) [shuffled[last], shuffled[other]] = [b, a];
  }
  return shuffled.slice(0, count);
}

/** The text of the mutant's file with the change made, by the file's path. */
export function mutated({ file, from, to, becomes }: Mutant): ReadonlyMap<string, string> {
  const source = readSource(file);
  return new Map([[file, source.slice(0, from) + becomes + source.slice(to)]]);
}

/**
 * Bundles the nodes and clients of a simulated cluster, with the texts `files` in place of some files of the store.
 *
 * @throws Error if a text is not TypeScript
 */
export async function bundle(files: ReadonlyMap<string, string>, outfile: string): Promise<void> {
  await build({
    absWorkingDir: packageRoot,
    entryPoints: ["harness/targets/bundled/simulator.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
    plugins: [otherTexts(files)],
  });
}

const otherTexts = (files: ReadonlyMap<string, string>): Plugin => ({
  name: "other texts",
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = files.get(path.slice(packageRoot.length + 1));
      return contents === undefined ? null : { contents, loader: "ts" };
    });
  },
});
