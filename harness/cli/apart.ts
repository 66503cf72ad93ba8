/**
 * A command that runs a user's code (a planted bug's file) runs on a thread of its own: this one stays free
 * to hear signals, and to end what never returns.
 */
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { UnjudgedError } from "../errors.ts";
import { packageRoot } from "../paths.ts";
import { type Ending, endings, leave, onEnding } from "./signals.ts";

interface Begun {
  readonly apart: true;
  readonly columns: number | undefined;
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean };
}

/** What the thread tells: that it still turns, or with which status it is done. */
type Told = "alive" | { readonly status: number };

const begun: Begun | null =
  !isMainThread && typeof workerData === "object" && workerData !== null && "apart" in workerData
    ? (workerData as Begun)
    : null;

/** Whether this is that thread. */
export const isApart: boolean = begun !== null;

export interface ApartLimits {
  /** No history, and nothing else in a command, takes so long without a turn of its event loop. */
  readonly silentS: number;
  /** The same, once a signal came. */
  readonly silentAfterSignalS: number;
}

/**
 * Runs the command with these arguments on a thread; its exit status. Throws UnjudgedError where it never returns,
 * throws, or ends itself.
 */
export async function runApart(
  args: readonly string[],
  { silentS, silentAfterSignalS }: ApartLimits = { silentS: 60, silentAfterSignalS: 5 },
): Promise<number> {
  const { stdout, stderr } = process;
  const data: Begun = {
    apart: true,
    columns: stderr.columns,
    terminal: { stdout: stdout.isTTY, stderr: stderr.isTTY },
  };
  const worker = new Worker(join(packageRoot, "dist", "quorate.js"), {
    argv: [...args],
    workerData: data,
  });
  let status: number | null = null;
  let thrown: Error | null = null;
  let limitS = silentS;
  // Seconds are counted, not measured: a machine that slept is not silent.
  let silent = 0;
  const watch = setInterval(() => {
    if (++silent < limitS) return;
    thrown ??= unjudged(
      "bug-stuck",
      `${limitS} s without a sign of life`,
      "Look for a loop without end in the bug's file; what the run had written is in its folder",
    );
    void worker.terminate();
  }, 1000);
  // To the end of the process: one that comes after the verdict must not take its status.
  onEnding((signal) => {
    if (limitS === silentAfterSignalS) leave(endings[signal]);
    limitS = silentAfterSignalS;
    worker.postMessage(signal);
  });
  worker.on("message", (told: Told) => {
    silent = 0;
    if (told !== "alive") status = told.status;
  });
  worker.on("error", (error: unknown) => {
    thrown = unjudged(
      "bug-threw",
      error instanceof Error ? error.message : String(error),
      "Let the bug's file catch it",
    );
  });
  await new Promise<void>((ended) => worker.on("exit", () => ended()));
  clearInterval(watch);
  if (thrown !== null) throw thrown as Error;
  if (status === null)
    throw unjudged(
      "bug-ended",
      "the end of its thread before there was a verdict",
      "Look for process.exit, or an await that never ends, in the bug's file",
    );
  return status;
}

const unjudged = (code: string, got: string, hint: string): UnjudgedError =>
  new UnjudgedError({ code, expected: "a planted bug whose parts return", got, hint });

/** On the thread: shows that it turns, and makes its streams look like the process's. */
export function beginApart(): void {
  if (begun === null) return;
  setInterval(() => tell("alive"), 500).unref();
  for (const name of ["stdout", "stderr"] as const)
    Object.assign(process[name], { isTTY: begun.terminal[name], columns: begun.columns });
}

/** On the thread, last of all. */
export function endApart(): void {
  if (begun !== null) tell({ status: Number(process.exitCode ?? 0) });
}

/** On the thread, where no signal comes: calls `stop` with those that the process got. */
export function onSignalApart(stop: (signal: Ending) => void): void {
  parentPort?.on("message", stop);
  // Waiting for a signal must not keep a thread that has nothing else to do.
  parentPort?.unref();
}

function tell(told: Told): void {
  parentPort?.postMessage(told);
}
