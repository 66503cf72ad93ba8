/** Runs the built command as a person or a CI server does. */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes a folder for runs that no other test uses. */
export const runsFolder = (): string => mkdtempSync(join(tmpdir(), "quorate-test-"));

/** Runs the command with CI unset, unless a test sets it: with CI=true, a missing engine would be a failure. */
export function quorate(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  out: "pipe" | number = "pipe",
  { folder, input }: { readonly folder?: string; readonly input?: Uint8Array } = {},
): Promise<Finished> {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, CI: "", ...environment },
      ...(folder === undefined ? {} : { cwd: folder }),
      stdio: [input === undefined ? "ignore" : "pipe", out, "pipe"],
    });
    child.stdin?.end(input);
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => resolvePromise({ status, stdout, stderr }));
  });
}

/** The JSON document that `--json` prints. Standard output must have nothing else. */
export function documentOf(finished: Finished): Record<string, unknown> {
  const value: unknown = JSON.parse(finished.stdout);
  if (typeof value !== "object" || value === null)
    throw new Error(`not a document: ${finished.stdout.slice(0, 200)}`);
  return value as Record<string, unknown>;
}
