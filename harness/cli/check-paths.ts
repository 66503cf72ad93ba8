/** Finds the files that a path on the command line means, including folders of Jepsen's and etcd's runs. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatOf, HistoryError } from "../../checkers/index.ts";
import { usage } from "./exit.ts";
import { standardInput } from "./history-source.ts";

export interface CheckPath {
  /** The files of one history: a single file, or one file for each client, in order. */
  readonly files: readonly string[];
  /** The history's name in the results: its file, the run's folder, or standard input. */
  readonly name: string;
  /** The path of the results.edn of a Jepsen run. */
  readonly results?: string;
}

/** The files that Jepsen writes a history to, the most complete first. */
const jepsenHistories = [
  "history.edn",
  "history.edn.gz",
  "test.jepsen",
  "history.txt",
  "jepsen.log",
];
const jepsenFiles = ["results.edn", "test.jepsen", "test.fressian", "jepsen.log"];
const endings = /\.(?:jsonl|edn|log|txt|json)(?:\.gz)?$/;
/** How many levels of folders below the named folder are searched: Jepsen's runs are in store/<test>/<time>. */
const deepest = 2;

/**
 * The histories that a path means. A folder is a run of Jepsen or etcd, or contains histories, or contains folders of
 * these kinds. Throws UsageError if the path does not exist or is a folder without histories.
 */
export function pathsOf(path: string): readonly CheckPath[] {
  if (path === standardInput) return [{ files: [path], name: "standard input" }];
  if (!existsSync(path))
    throw usage({
      code: "no-such-file",
      expected: "history files",
      got: `${path}, which does not exist`,
      hint: "Check the path",
    });
  if (!statSync(path).isDirectory()) return [{ files: [path], name: path }];
  const found = inFolder(path, deepest);
  if (found.length > 0) return found;
  throw usage({
    code: "no-such-file",
    expected:
      "a folder with histories, which end in .jsonl, .edn, .log, .txt or .json (.gz too), or a run's folder of Jepsen or etcd",
    got: `${path}, which has no file with a history, not even in the folders up to ${deepest} levels below it`,
    hint: "Name the files themselves",
  });
}

function inFolder(path: string, levels: number): readonly CheckPath[] {
  const names = readdirSync(path).sort();
  const history = jepsenHistories.find((name) => names.includes(name));
  const isRun =
    history === "test.jepsen" ||
    jepsenFiles.some((name) => name !== history && names.includes(name));
  if (history !== undefined && isRun)
    return [
      {
        files: [join(path, history)],
        name: path,
        ...(names.includes("results.edn") ? { results: join(path, "results.edn") } : {}),
      },
    ];
  const clients = etcdClients(path, names);
  if (clients.length > 0) return [{ files: clients, name: path }];
  const files = names.filter((name) => endings.test(name) && isHistory(join(path, name)));
  if (files.length > 0 || levels === 0)
    return files.map((name) => ({ files: [join(path, name)], name: join(path, name) }));
  return names.flatMap((name) => {
    const below = join(path, name);
    // Jepsen's links `latest` and `current` lead to runs that are listed anyway, so links are skipped.
    return lstatSync(below).isDirectory() ? inFolder(below, levels - 1) : [];
  });
}

/** etcd's robustness tests write one folder for each client: client-1/operations.json, client-2/operations.json, … */
function etcdClients(path: string, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => /^client-\d+$/.test(name))
    .map((name) => join(path, name, "operations.json"))
    .filter((file) => existsSync(file));
}

/**
 * Whether the file is a history. A JSON file must have the content of a history, since other JSON files may lie beside
 * histories. Any other file counts as a history.
 */
function isHistory(file: string): boolean {
  if (!statSync(file).isFile()) return false;
  if (!file.endsWith(".json")) return true;
  try {
    return formatOf(readFileSync(file, "utf8").slice(0, 4096)) !== "quorate";
  } catch (error) {
    if (error instanceof HistoryError) return false;
    throw error;
  }
}

/** The `:valid?` of results.edn: true, false or :unknown. Undefined if the file has no such entry. */
export function jepsenVerdict(results: string): "valid" | "invalid" | "unknown" | undefined {
  const text = readFileSync(results, "utf8");
  // Only keys of the outermost map count. A deeper key has more than one unclosed bracket before it.
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|\\.|[[({]|[\])}]|:valid\?\s+[^\s,}]+/gs)) {
    if (/^[[({]$/.test(token)) depth++;
    else if (/^[\])}]$/.test(token)) depth--;
    else if (depth === 1 && token.startsWith(":valid?"))
      return { true: "valid", false: "invalid", ":unknown": "unknown" }[
        token.replace(/^:valid\?\s+/, "")
      ] as "valid" | "invalid" | "unknown" | undefined;
  }
  return undefined;
}
