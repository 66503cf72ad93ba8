/** Runs histories of mutants in a process of its own. If the process hangs, it is ended and replaced. */
import { fork, type ChildProcess } from "node:child_process";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { type Asked, type Fate, runOn } from "./histories.ts";

/** A request to the process that runs histories of mutants. The process handles one request at a time. */
export interface Question {
  readonly file: string;
  readonly seed: number;
  readonly histories: readonly Asked[];
  /** Whether the answer contains the mutants that each history reached. That needs an instrumented bundle. */
  readonly counts: boolean;
}

/**
 * The mutants that were reached: by each history, with the history's hash, and (`loading`) while the modules were
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

/**
 * The time after which a history is given up. It should be longer than a history takes on a busy machine. Most
 * histories take some hundredths of a second.
 */
const longestHistoryMs = 60_000;
/** The number of mutants after which the process is replaced, since each mutant leaves its modules in the process. */
const mutantsAProcess = 40;

/** Sends requests to a process that runs histories of mutants, one at a time, and resolves with the answers. */
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

/** The main function of the process that runs histories of mutants. */
export function serve(): void {
  // The object in which Stryker's instrumented code counts.
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
