/**
 * Simulated histories on several threads. Threads work ahead, in any order; answers are taken in order of index, so
 * that a campaign's results do not depend on how many there are. Only verdict and hash come back: events are many, and
 * whoever wants a history whole runs its plan again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Plan, PlanOptions, PlanWishes } from "../../generators/index.ts";
import { type Complaint, EnvironmentError, UnjudgedError, UsageError } from "../errors.ts";
import { packageRoot } from "../paths.ts";
import type { TargetSource } from "../targets/registry.ts";
import type { RunOptions } from "../run/index.ts";
import type { Attempt } from "./attempt.ts";

export type Judged = Pick<Attempt, "verdict" | "hash" | "elapsedMs" | "partsCalled">;

/** What survives a structured clone; a thread has the target and the kinds itself. */
export function wishesOf({ target: _, kinds: __, ...wishes }: PlanOptions): PlanWishes {
  return wishes;
}

/** What a thread is asked to run: the plan of this index, drawn there again, or the one given. */
export interface Asked {
  readonly index: number;
  readonly plan?: Plan;
}

/** The next to run; "later": not known before more answers were taken. */
export type NextAsked = () => Asked | "later" | "none";

/** Must survive a structured clone. */
export interface WorkerTask {
  readonly target: TargetSource;
  /** What plans are drawn from that are asked for by their index; null: each is given. */
  readonly draw: { readonly plans: PlanWishes; readonly seed: number } | null;
  readonly run: Pick<RunOptions, "evidence" | "bugBundle">;
  /** Whether answers bring what the store was made to do. */
  readonly steers: boolean;
}

export type WorkerAnswer =
  | {
      readonly index: number;
      readonly judged: Judged;
      readonly features: ReadonlySet<string> | null;
    }
  | {
      readonly index: number;
      readonly failed: string;
      readonly unjudged?: Complaint;
      /** A user's own code threw. */
      readonly misused?: Complaint;
    };

/** A thread's verdict on a plan, and its features where the search steers. */
export interface Taken {
  readonly judged: Judged;
  readonly features: ReadonlySet<string> | null;
}

export interface Pool {
  /**
   * What plan `index` came to; null once the signal has aborted, whatever the threads are at. Asked once for each of the
   * indices given, in their order.
   */
  take(index: number): Promise<Taken | null>;
  /** More may be known now of what to run. */
  more(): void;
  /** Ends the threads, whatever they are at. */
  close(): Promise<void>;
}

/**
 * Up to `jobs` threads begin at once with what `next` says, no more than there is work for. Throws EnvironmentError
 * when the thread's program was not built.
 */
export function createPool(
  jobs: number,
  next: NextAsked,
  task: WorkerTask,
  signal?: AbortSignal,
): Pool {
  const program = join(packageRoot, "dist", "campaign-worker.js");
  if (!existsSync(program))
    throw new EnvironmentError({
      code: "not-built",
      expected: "the built program of worker threads",
      got: `no ${program}`,
      hint: "Run npm run build, or --jobs 1",
    });
  const answers = new Map<number, WorkerAnswer>();
  let waiting: { readonly index: number; readonly settle: () => void } | null = null;
  let broken: Error | null = null;
  let ahead = 0;
  const idle: Worker[] = [];
  /** Threads at work, and for how many seconds they have been at one history. */
  const busy = new Map<Worker, number>();

  const failed = (got: string): EnvironmentError =>
    new EnvironmentError({
      code: "worker-failed",
      expected: "histories to run on threads",
      got,
      hint: "Please report it; --jobs 1 does without threads",
    });
  const isPlanted = task.run.bugBundle !== undefined;
  const unjudged = (code: string, got: string, cause: string): UnjudgedError =>
    new UnjudgedError({
      code,
      expected: "a planted bug whose parts return",
      got,
      hint: `Look for ${cause} in the bug's file`,
    });
  const fail = (error: Error): void => {
    broken ??= error;
    wake();
  };
  const wake = (): void => {
    const isOver = broken !== null || signal?.aborted === true;
    if (waiting === null || (!isOver && !answers.has(waiting.index))) return;
    const { settle } = waiting;
    waiting = null;
    settle();
  };
  const feed = (): void => {
    while ((idle.length > 0 || workers.length < jobs) && ahead < jobs * aheadPerJob) {
      const asked = next();
      if (asked === "none" || asked === "later") return;
      ahead++;
      const worker = idle.shift() ?? start();
      busy.set(worker, 0);
      worker.postMessage(asked);
    }
  };
  const workers: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(program, {
      workerData: task,
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    worker.on("message", (answer: WorkerAnswer) => {
      answers.set(answer.index, answer);
      busy.delete(worker);
      idle.push(worker);
      feed();
      wake();
    });
    worker.on("error", (error) => fail(failed(error.stack ?? error.message)));
    worker.on("exit", () =>
      fail(
        isPlanted
          ? unjudged("bug-ended", "the end of its thread", "process.exit")
          : failed("the end of its thread"),
      ),
    );
    workers.push(worker);
    return worker;
  };
  const watch = setInterval(() => {
    for (const [worker, seconds] of busy) {
      busy.set(worker, seconds + 1);
      if (seconds >= stuckS && isPlanted)
        fail(unjudged("bug-stuck", `one history for ${stuckS} s`, "a loop without end"));
    }
  }, 1000);
  watch.unref();
  signal?.addEventListener("abort", wake);
  feed();

  return {
    async take(index) {
      if (!answers.has(index) && broken === null && signal?.aborted !== true)
        await new Promise<void>((settle) => {
          waiting = { index, settle };
        });
      const answer = answers.get(index);
      answers.delete(index);
      ahead--;
      feed();
      if (answer !== undefined && "judged" in answer) return answer;
      if (answer === undefined && signal?.aborted === true) return null;
      if (answer?.unjudged !== undefined) throw new UnjudgedError(answer.unjudged);
      if (answer?.misused !== undefined) throw new UsageError(answer.misused);
      throw answer === undefined ? (broken ?? failed("no answer")) : failed(answer.failed);
    },
    more: feed,
    async close() {
      clearInterval(watch);
      signal?.removeEventListener("abort", wake);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** A simulated history takes milliseconds; one that takes so long is in a loop. */
const stuckS = 60;

/** A history is garbage as soon as it is judged: with room for some, most are never copied by the collector. */
const youngMegabytes = 64;

/**
 * How many answers may wait to be taken: enough that no thread idles behind one long history, and memory stays bounded.
 */
const aheadPerJob = 64;
