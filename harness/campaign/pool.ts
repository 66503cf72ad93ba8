/**
 * Runs simulated histories on several threads. Threads work ahead in any order, but answers are taken in order of
 * index, so results do not depend on the number of threads. A thread returns only the verdict and the hash, since a
 * history has many events. To get the whole history, run its plan again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Plan, PlanOptions, PlanWishes } from "../../generators/index.ts";
import {
  type Complaint,
  EnvironmentError,
  NodeFaultError,
  UnjudgedError,
  UsageError,
} from "../errors.ts";
import { packageRoot } from "../paths.ts";
import { shareTemporaryFolders } from "../temporary-folders.ts";
import { type ThreadCode, threadError } from "../thread-code.ts";
import type { TargetSource } from "../targets/registry.ts";
import type { RunOptions } from "../run/index.ts";
import type { Attempt } from "./attempt.ts";

export type Judged = Pick<Attempt, "verdict" | "hash" | "elapsedMs" | "partsCalled">;

/**
 * The options for drawing plans, without the fields that a structured clone cannot copy. Each thread loads the target
 * and the kinds itself.
 */
export function wishesOf({ target: _, kinds: __, ...wishes }: PlanOptions): PlanWishes {
  return wishes;
}

/** What a thread has to run: `plan`, or, without one, the plan that the thread draws for `index`. */
export interface Asked {
  readonly index: number;
  readonly plan?: Plan;
}

/**
 * Returns the next plan for a thread, "later" if it depends on answers that were not taken yet, or "none" if no plan is
 * left.
 */
export type NextAsked = () => Asked | "later" | "none";

/** What a thread gets when it starts. A structured clone must be able to copy it. */
export interface WorkerTask {
  readonly target: TargetSource;
  /** What the thread draws plans from. Null: each request brings its plan. */
  readonly draw: { readonly plans: PlanWishes; readonly seed: number } | null;
  readonly run: Pick<RunOptions, "evidence" | "bugBundle">;
  /** Whether answers include the features that a guided search needs. */
  readonly steers: boolean;
  /** Whether the nodes are programs of the user. Default: false. */
  readonly runsPrograms?: boolean;
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
      readonly nodeFault?: Complaint;
      /** An error that the user's own code threw. */
      readonly misused?: Complaint;
    };

/** A thread's verdict on a plan. With a guided search also the plan's features. */
export interface Taken {
  readonly judged: Judged;
  readonly features: ReadonlySet<string> | null;
}

export interface Pool {
  /**
   * Returns the result of plan `index`, or null if the signal aborts before the result is there. Must be called for the
   * plans in the order in which `next` named them, once for each.
   */
  take(index: number): Promise<Taken | null>;
  /** Called when more plans may be known than before. */
  more(): void;
  /** Ends the threads at once, even while they work. */
  close(): Promise<void>;
}

/**
 * Starts at most `jobs` threads, and no more than there are plans from `next`. Throws EnvironmentError if the threads'
 * program was not built.
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
      hint: "Run npm run build, or use --jobs 1, which needs no threads",
    });
  const answers = new Map<number, WorkerAnswer>();
  let waiting: { readonly index: number; readonly settle: () => void } | null = null;
  let broken: Error | null = null;
  let ahead = 0;
  const idle: Worker[] = [];
  /** The threads at work, each with the number of seconds that its current history has taken. */
  const busy = new Map<Worker, number>();

  const failed = (got: string): EnvironmentError =>
    new EnvironmentError({
      code: "worker-failed",
      expected: "histories to run on threads",
      got,
      hint: "Please report this error; --jobs 1 uses no threads",
    });
  const code: ThreadCode | null =
    task.run.bugBundle !== undefined ? "bug" : task.runsPrograms === true ? "node" : null;
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
  shareTemporaryFolders();
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
    worker.on("error", (error) =>
      fail(
        code === "node"
          ? threadError(code, "threw", error.message)
          : failed(error.stack ?? error.message),
      ),
    );
    worker.on("exit", () =>
      fail(
        code === null
          ? failed("a thread ended")
          : threadError(code, "ended", `the ${code} ended its thread`),
      ),
    );
    workers.push(worker);
    return worker;
  };
  const watch = setInterval(() => {
    for (const [worker, seconds] of busy) {
      busy.set(worker, seconds + 1);
      if (seconds >= stuckS && code !== null)
        fail(threadError(code, "stuck", `one history that ran for ${stuckS} s`));
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
      if (answer?.nodeFault !== undefined) throw new NodeFaultError(answer.nodeFault);
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

/**
 * After so many seconds, a history with a planted bug or with nodes of the user counts as stuck in an endless loop: a simulated history takes
 * milliseconds.
 */
const stuckS = 60;

/**
 * The size of a thread's young heap in MB. A judged history is garbage. With enough room, the collector never copies
 * most histories.
 */
const youngMegabytes = 64;

/**
 * How many plans may run or wait until their answers are taken, for each thread. The limit keeps threads busy beside
 * one long history, and keeps memory bounded.
 */
const aheadPerJob = 64;
