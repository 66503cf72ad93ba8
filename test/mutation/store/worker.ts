/** A process that runs histories of mutants. One that hangs is ended and replaced. */
import { fork, type ChildProcess } from "node:child_process";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { type Asked, type Fate, runOn } from "./histories.ts";

/** Requests to the process, one at a time. */
export interface Question {
  readonly file: string;
  readonly seed: number;
  readonly histories: readonly Asked[];
  /** Whether to return the mutants that each history reached. The bundle is then instrumented. */
  readonly counts: boolean;
}

/**
 * For each history: its hash, and the ids of the mutants that it reached. `loading`: those reached while modules were
 * loaded.
 */
export interface Reached {
  readonly loading: readonly string[];
  readonly byHistory: readonly {
    readonly history: number;
    readonly hash: string;
    readonly ids: readonly string[];
  }[];
}

export interface Answer {
  readonly fate: Fate;
  readonly reached: Reached | null;
}

type Told = { readonly began: number } | Answer;

/** Longer than any history on a busy machine. Most take some hundredths of a second. */
const longestHistoryMs = 60_000;
/** Each mutant leaves its modules in the process. */
const mutantsAProcess = 40;

/** Answers requests one at a time. */
export class Worker {
  private child: ChildProcess | null = null;
  private asked = 0;
  private readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  ask(question: Question): Promise<Answer> {
    if (this.asked++ % mutantsAProcess === 0) this.stop();
    const child = (this.child ??= fork(this.program, ["worker"]));
    return new Promise((resolve) => {
      let history = -1;
      let timer: NodeJS.Timeout;
      const finish = (answer: Answer): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer.fate.kind !== "killed" && answer.fate.kind !== "survived") this.stop();
        resolve(answer);
      };
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(
          () =>
            finish({
              fate: { kind: "time-out", history, message: "no end within a minute" },
              reached: null,
            }),
          longestHistoryMs,
        );
      };
      wait();
      child.on("message", (told: Told) => {
        if (!("began" in told)) return finish(told);
        history = told.began;
        wait();
      });
      child.on("exit", (status) => {
        this.child = null;
        finish({
          fate: { kind: "error", history, message: `the process ended with status ${status}` },
          reached: null,
        });
      });
      child.send(question);
    });
  }

  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = null;
  }
}

interface Counters {
  currentTestId?: string;
  mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>;
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

/** The process itself. */
export function serve(): void {
  // Where Stryker's instrumented code counts.
  const counters: Counters = {};
  Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: counters });
  process.on("message", (question: Question) => void answer(question, counters));
}

async function answer(question: Question, counters: Counters): Promise<void> {
  const byHistory: Reached["byHistory"][number][] = [];
  const fate = await runOn(
    question.file,
    question.seed,
    question.histories,
    (history) => {
      counters.currentTestId = String(history);
      process.send?.({ began: history });
    },
    (history, hash) => {
      if (!question.counts) return;
      const ids = Object.keys(counters.mutantCoverage?.perTest[String(history)] ?? {});
      byHistory.push({ history, hash, ids });
    },
  );
  const loading = Object.keys(counters.mutantCoverage?.static ?? {});
  process.send?.({
    fate,
    reached: question.counts ? { loading, byHistory } : null,
  } satisfies Answer);
}
