/** The program of a node, named by `--bin`. It runs as a process and, if made with quorate/node, in the simulator. */
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { NodeSetup } from "../../../node/index.ts";
import { NodeFaultError, UsageError } from "../../errors.ts";
import { guardExit } from "../../exit-guard.ts";
import { packageRoot } from "../../paths.ts";
import { makeTemporaryFolder } from "../../temporary-folders.ts";
import { nodeExited } from "../../thread-code.ts";
import type { NodeCommand } from "../../platforms/messages/message-target.ts";
import type { MaelstromSettings } from "./settings.ts";

/** The programs that run scripts which are not executable themselves, by file extension. */
const interpreters: Readonly<Record<string, readonly string[]>> = {
  ".js": [process.execPath],
  ".mjs": [process.execPath],
  ".cjs": [process.execPath],
  ".py": ["python3"],
  ".rb": ["ruby"],
};
const typeScript = new Set([".ts", ".mts"]);

/**
 * Returns the command that runs a node: the program itself, its interpreter, or Node for a bundle of TypeScript.
 *
 * @throws UsageError if the program does not exist or cannot be run.
 */
export async function programOf({ bin, args }: MaelstromSettings): Promise<NodeCommand> {
  const file = existing(bin);
  const extension = extname(file);
  if (typeScript.has(extension))
    return { command: [process.execPath, await bundled(bin, file), ...args] };
  if (isExecutable(file)) {
    refuseFirstLine(bin, file);
    return { command: [file, ...args] };
  }
  const interpreter = interpreters[extension];
  if (interpreter !== undefined) return { command: [...interpreter, file, ...args] };
  throw refused(
    "binary-not-executable",
    "a program that can be run",
    `${bin}, which is not an executable file`,
    `Run chmod +x ${bin}.`,
  );
}

const setups = new Map<string, Promise<NodeSetup>>();

/**
 * Loads the program's code for the simulator. The code is loaded again only if the file's modification time or the
 * arguments have changed.
 *
 * @throws UsageError if the file is missing, cannot be loaded, or has no function such as the result of runNode as its
 *   default export.
 * @throws NodeFaultError if the module calls process.exit while it is loaded.
 */
export function setupOf({ bin, args }: MaelstromSettings): Promise<NodeSetup> {
  const file = existing(bin);
  const name = JSON.stringify([file, statSync(file).mtimeMs, args]);
  const known = setups.get(name);
  if (known !== undefined) return known;
  const made = loadSetup(bin, file, args);
  setups.set(name, made);
  return made;
}

/**
 * Loads the module with `args` in process.argv, since a node's code reads its arguments there, in the simulator as
 * well.
 */
async function loadSetup(bin: string, file: string, args: readonly string[]): Promise<NodeSetup> {
  if (!typeScript.has(extname(file)) && ![".js", ".mjs"].includes(extname(file)))
    throw refused(
      "not-simulated",
      "a module of TypeScript or JavaScript whose default export is what runNode of quorate/node returns",
      bin,
      "The simulator runs only nodes that are made with quorate/node; to run another program, leave out --on sim.",
    );
  // A module is loaded only once, so each set of arguments, which makes another node, needs a file of its own.
  const path = join(makeTemporaryFolder("node"), "node.mjs");
  copyFileSync(await bundled(bin, file), path);
  const global = globalThis as Record<symbol, unknown>;
  const loading = Symbol.for("quorate.node.loading");
  const usual = process.argv;
  const exits = guardExit();
  let module: { readonly default?: unknown };
  try {
    global[loading] = true;
    process.argv = [process.execPath, path, ...args];
    module = (await import(pathToFileURL(path).href)) as {
      readonly default?: unknown;
    };
  } catch (error) {
    if (exits.called !== null) throw exitedAtLoad(bin, exits.called);
    throw refused(
      "binary-threw",
      "a module that can be loaded",
      `${bin} threw ${error instanceof Error ? error.message : String(error)}`,
      "Run the module by hand to see why.",
    );
  } finally {
    process.argv = usual;
    exits.release();
  }
  if (exits.called !== null) throw exitedAtLoad(bin, exits.called);
  if (typeof module.default === "function") return module.default as NodeSetup;
  throw refused(
    "not-simulated",
    "a default export: export default runNode((node) => { … })",
    `${bin} without one`,
    "docs/tutorial-node.md has examples.",
  );
}

const exitedAtLoad = (bin: string, call: string): NodeFaultError =>
  new NodeFaultError({
    code: nodeExited,
    expected: "a module that can be loaded without an end of its process",
    got: `${bin}, which calls ${call} while it is loaded`,
    hint: "Throw an error where the node cannot run, or leave the call out.",
  });

function existing(bin: string): string {
  if (bin === "")
    throw refused(
      "no-binary",
      "the program of a node",
      "none",
      "Name the program with --bin ./node.py (or settings.bin in a configuration).",
    );
  const file = resolve(bin);
  const found = existsSync(file) ? statSync(file) : undefined;
  if (found?.isFile() === true) return file;
  if (found === undefined)
    throw refused(
      "no-such-binary",
      "the program of a node",
      `${bin}: there is no such file`,
      "A path is looked up from the folder where quorate was started; --bin names another one.",
    );
  throw refused(
    "binary-not-a-file",
    "the program of a node, which is a file",
    `${bin}, which is ${kindOf(found)}`,
    found.isDirectory()
      ? `Name the program in this folder, for example --bin ${join(bin, "node.py")}.`
      : "Name the file that has the program.",
  );
}

const kindOf = (found: Stats): string =>
  found.isDirectory()
    ? "a folder"
    : found.isFIFO()
      ? "a named pipe"
      : found.isSocket()
        ? "a socket"
        : "a device";

/** Throws UsageError for a script that no system can start because of its first line: the error of the system itself
 * would only say that there is no such file.
 */
function refuseFirstLine(bin: string, file: string): void {
  const line = /^#![^\n]*/.exec(beginning(file))?.[0];
  if (line === undefined) return;
  if (line.endsWith("\r"))
    throw refused(
      "binary-crlf",
      "a script whose lines end with LF",
      `${bin}, whose first line ends with CRLF: the system takes the carriage return for a part of the interpreter's name, and does not find it`,
      `Convert it, for example with: sed -i 's/\\r$//' ${bin}`,
    );
  const interpreter = line.slice(2).trim().split(/\s/, 1)[0] ?? "";
  if (interpreter.startsWith("/") && !existsSync(interpreter))
    throw refused(
      "no-interpreter",
      "a script whose first line names a program of this machine",
      `${bin}, which begins with ${line}`,
      `Install ${interpreter}, or correct the first line of ${bin}.`,
    );
}

/** The first bytes of the file, one character each. Empty if the file may be run but not read. */
function beginning(file: string): string {
  const bytes = Buffer.alloc(256);
  try {
    const opened = openSync(file, "r");
    try {
      return bytes.toString("latin1", 0, readSync(opened, bytes));
    } finally {
      closeSync(opened);
    }
  } catch {
    return "";
  }
}

function isExecutable(file: string): boolean {
  if (process.platform === "win32") return extname(file) === ".exe";
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles a module and its imports into one file for Node, and returns the bundle's path. Bundles again only if the
 * text of the module itself has changed.
 */
function bundled(bin: string, file: string): Promise<string> {
  const source = readFileSync(file, "utf8");
  const name = `${file} ${source}`;
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const made = bundle(bin, file);
  bundles.set(name, made);
  return made;
}

async function bundle(bin: string, file: string): Promise<string> {
  // esbuild takes a tenth of a second to start, so it is loaded only if needed.
  const { build } = await import("esbuild");
  const own = join(packageRoot, "node", "index.ts");
  let text: string;
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      absWorkingDir: dirname(file),
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "silent",
      alias: { "quorate/node": existsSync(own) ? own : join(packageRoot, "dist", "node.js") },
    });
    text = outputFiles[0]?.text ?? "";
  } catch (error) {
    const why =
      error instanceof Error
        ? error.message.split("\n").slice(1, 3).join(" ").trim()
        : String(error);
    throw refused(
      "binary-does-not-build",
      "a module that esbuild can read",
      `${bin}: ${why}`,
      "Correct what esbuild reports.",
    );
  }
  const path = join(makeTemporaryFolder("node"), "node.mjs");
  writeFileSync(path, text);
  return path;
}

const refused = (code: string, expected: string, got: string, hint: string): UsageError =>
  new UsageError({ code, expected, got, hint });
