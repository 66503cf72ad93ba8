/**
 * Runs a command that uses code of the user (a planted bug's file, or nodes in the simulator) on its own thread, so that
 * the main thread hears signals and can end an endless loop.
 */
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { packageRoot } from "../paths.ts";
import { shareTemporaryFolders } from "../temporary-folders.ts";
import { type ThreadCode, threadError } from "../thread-code.ts";
import { type Ending, leaveAtOnce, onEnding } from "./signals.ts";

interface Begun {
  readonly apart: ThreadCode;
  readonly columns: number | undefined;
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean };
}

/** A message from the thread: it is still responsive, or it has finished with this exit status. */
type Told = "alive" | { readonly status: number };

const begun: Begun | null =
  !isMainThread && typeof workerData === "object" && workerData !== null && "apart" in workerData
    ? (workerData as Begun)
    : null;

/** Whether this code runs on the thread that `runApart` starts. */
export const isApart: boolean = begun !== null;

/** Whether this code runs on a thread that simulates nodes of the user. */
export const isApartForNodes: boolean = begun?.apart === "node";

export interface ApartLimits {
  /** If the thread's event loop has no turn for so many seconds, the thread counts as stuck. */
  readonly silentS: number;
  /** Replaces `silentS` once a signal has come. */
  readonly silentAfterSignalS: number;
}

/**
 * Runs the command on a thread and returns its exit status. Throws the error of `threadError` if the thread is stuck,
 * throws, or ends without an exit status, for example by process.exit.
 *
 * @param code Whose code makes the thread necessary.
 */
export async function runApart(
  args: readonly string[],
  code: ThreadCode,
  { silentS, silentAfterSignalS }: ApartLimits = { silentS: 60, silentAfterSignalS: 5 },
): Promise<number> {
  const { stdout, stderr } = process;
  const data: Begun = {
    apart: code,
    columns: stderr.columns,
    terminal: { stdout: stdout.isTTY, stderr: stderr.isTTY },
  };
  shareTemporaryFolders();
  const worker = new Worker(join(packageRoot, "dist", "quorate.js"), {
    argv: [...args],
    workerData: data,
  });
  let status: number | null = null;
  let thrown: Error | null = null;
  let limitS = silentS;
  // Counts the ticks of a timer instead of reading a clock: after a sleep of the machine, the clock would make the
  // thread look stuck.
  let silent = 0;
  const watch = setInterval(() => {
    if (++silent < limitS) return;
    thrown ??= threadError(code, "stuck", `${limitS} s without a sign of life`);
    void worker.terminate();
  }, 1000);
  // The listener stays until the end of the process: a signal after the verdict must not change the exit status.
  onEnding((signal) => {
    if (limitS === silentAfterSignalS) leaveAtOnce(signal);
    limitS = silentAfterSignalS;
    worker.postMessage(signal);
  });
  worker.on("message", (told: Told) => {
    silent = 0;
    if (told !== "alive") status = told.status;
  });
  worker.on("error", (error: unknown) => {
    thrown = threadError(code, "threw", error instanceof Error ? error.message : String(error));
  });
  await new Promise<void>((ended) => worker.on("exit", () => ended()));
  clearInterval(watch);
  if (thrown !== null) throw thrown as Error;
  if (status === null)
    throw threadError(code, "ended", `the ${code} ended its thread before there was a verdict`);
  return status;
}

/**
 * On the thread: starts to report that the thread is responsive, and tells the thread's streams whether the process has
 * a terminal.
 */
export function beginApart(): void {
  if (begun === null) return;
  setInterval(() => tell("alive"), 500).unref();
  for (const name of ["stdout", "stderr"] as const)
    Object.assign(process[name], { isTTY: begun.terminal[name], columns: begun.columns });
}

/** On the thread: sends the exit status to the main thread. */
export function endApart(): void {
  if (begun !== null) tell({ status: Number(process.exitCode ?? 0) });
}

/** On the thread, which gets no signals itself: calls `stop` with each signal that the main thread passes on. */
export function onSignalApart(stop: (signal: Ending) => void): void {
  parentPort?.on("message", stop);
  // Waiting for a signal must not keep an otherwise finished thread alive.
  parentPort?.unref();
}

function tell(told: Told): void {
  parentPort?.postMessage(told);
}
