/** Runs tools of this host that fetch or build software: Maven, Cargo, APT, a JDK. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { EnvironmentError } from "../../errors.ts";

export interface ToolOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each line of the tool's output and error output. */
  readonly onLine?: (line: string) => void;
  /** Kills the tool when this signal aborts. */
  readonly signal?: AbortSignal | undefined;
  /** The name of the tool's Debian package, for the hint. */
  readonly package: string;
}

const linesKept = 8;

/**
 * Runs a tool until it ends.
 *
 * @returns The tool's standard output.
 * @throws EnvironmentError with the code `tool-missing` if the host lacks the tool, or with `tool-failed` and the
 *   tool's last lines if the tool fails. An AbortError if `signal` aborts.
 */
export const runTool = (
  tool: string,
  words: readonly string[],
  options: ToolOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const lastLines: string[] = [];
    let output = "";
    const child = spawn(tool, [...words], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      env: { ...process.env, ...options.environment },
    });
    const end = (): void => void child.kill("SIGKILL");
    process.once("exit", end);
    const hear = (line: string): void => {
      lastLines.push(line);
      if (lastLines.length > linesKept) lastLines.shift();
      options.onLine?.(line);
    };
    createInterface(child.stdout).on("line", (line) => {
      output += `${line}\n`;
      hear(line);
    });
    createInterface(child.stderr).on("line", hear);
    child.on("error", (error: NodeJS.ErrnoException) => {
      process.off("exit", end);
      reject(
        error.code === "ENOENT"
          ? new EnvironmentError({
              code: "tool-missing",
              expected: `\`${tool}\` on this host`,
              got: "none in PATH",
              hint: `Install the tool: apt-get install ${options.package}`,
            })
          : error,
      );
    });
    child.on("close", (status, signal) => {
      process.off("exit", end);
      if (status === 0) resolve(output);
      else
        reject(
          new EnvironmentError({
            code: "tool-failed",
            expected: `\`${[tool, ...words].join(" ")}\` to succeed`,
            got: `${signal ?? `exit ${status}`}: ${lastLines.join(" | ").trim() || "nothing said"}`,
            hint: "The tool may need its package registry; run the tool by hand to see its whole output.",
          }),
        );
    });
  });

/** Returns a function that calls `speak`, but at most once in `everyMs`. */
export const atMostEvery = (everyMs: number, speak: () => void): (() => void) => {
  let spokeMs = performance.now();
  return () => {
    if (performance.now() - spokeMs < everyMs) return;
    spokeMs = performance.now();
    speak();
  };
};
