/**
 * Clients that are programs in any language: one process for each client and node, which reads requests and writes answers, a
 * line of JSON each. What it prints to standard error goes into the run's logs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Ajv } from "ajv";
import { EnvironmentError } from "../errors.ts";
import {
  type ClientRequest,
  type ClientSession,
  type Outcome,
  unanswered,
} from "../platforms/session.ts";
import type { Json } from "../../generators/index.ts";
import { answerSchema } from "./client-schema.ts";
import { type ClientContext, type IsRead, readOutcome } from "./own-client.ts";

/** What a program answers. */
type Answer =
  | {
      readonly id: number;
      readonly type: "ok";
      readonly value?: string | null;
      readonly result?: Json;
    }
  | { readonly id: number; readonly type: "fail" | "info"; readonly error?: string };

const isAnswer = new Ajv({ discriminator: true }).compile<Answer>(answerSchema);

export interface CommandClientOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  readonly context: ClientContext;
  readonly isRead: IsRead;
  /** Hears of what the program must not do. The operation under way is then indeterminate. */
  readonly broken: (error: EnvironmentError) => void;
}

interface Pending {
  readonly request: ClientRequest;
  readonly finish: (outcome: Outcome) => void;
}

/** A session whose program is started with the first request, and again after it ended. */
export function commandSession(options: CommandClientOptions): ClientSession {
  let program: Program | null = null;
  let isClosed = false;
  return {
    perform(request, timeoutMs, done) {
      let isDone = false;
      const timer = setTimeout(() => {
        const half = program?.half ?? "";
        program?.kill();
        const outcome = unanswered(true, timeoutMs);
        finish(
          half === "" || outcome.kind === "ok"
            ? outcome
            : { ...outcome, message: `${outcome.message}, but half a line: ${shown(half)}` },
        );
      }, timeoutMs);
      const finish = (outcome: Outcome): void => {
        clearTimeout(timer);
        if (isDone || isClosed) return;
        isDone = true;
        done(outcome);
      };
      if (program === null || program.hasEnded) program = startProgram(options);
      program.ask({ request, finish });
    },
    close() {
      isClosed = true;
      program?.kill();
    },
  };
}

interface Program {
  readonly hasEnded: boolean;
  /** What it printed since its last whole line. */
  readonly half: string;
  ask(pending: Pending): void;
  kill(): void;
}

function startProgram({ command, folder, context, isRead, broken }: CommandClientOptions): Program {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...environmentOf(context) },
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own: what the program starts ends with it.
    detached: true,
  });
  const answered = new Set<number>();
  const lastLines: string[] = [];
  let pending: Pending | null = null;
  let half = "";
  let hasEnded = false;

  const settle = (outcome: Outcome): void => {
    const { finish } = pending ?? {};
    pending = null;
    finish?.(outcome);
  };
  const kill = (): void => {
    hasEnded = true;
    killGroup(child);
  };
  const refuse = (code: string, expected: string, got: string, hint: string): void => {
    if (hasEnded) return;
    kill();
    const said = lastLines.length === 0 ? "" : `; it said last: ${lastLines.join(" | ")}`;
    broken(
      new EnvironmentError({
        code,
        expected,
        got: `${got} from ${command.join(" ")} (${context.client} at ${context.name})${said}`,
        hint,
      }),
    );
    settle({ kind: "info", code, message: got });
  };
  const ended = (how: string): void => {
    if (half.trim() !== "" && !hasEnded)
      return refuse(
        "client-half-line",
        "whole lines of JSON",
        `half a line, ${shown(half)}, and its end`,
        "End each answer with a line feed, and flush it",
      );
    hasEnded = true;
    // It may have passed the request on before: nobody knows.
    settle({ kind: "info", code: "client-ended", message: `the client's program ${how}` });
  };

  const take = (line: string): void => {
    if (hasEnded || line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return refuse(
        "client-no-json",
        "a line of JSON",
        shown(line),
        "Print answers only to standard output; anything else belongs on standard error",
      );
    }
    if (!isAnswer(value))
      return refuse(
        "client-bad-answer",
        'an answer such as {"id":7,"type":"ok"}',
        shown(line),
        "schemas/client.schema.json in the package says what answers are",
      );
    if (pending === null || value.id !== pending.request.op)
      return answered.has(value.id)
        ? refuse(
            "client-answers-twice",
            "one answer to each request",
            `a second one to ${value.id}`,
            "Answer each id once",
          )
        : refuse(
            "client-unknown-id",
            pending === null
              ? "no answer, as nothing was asked"
              : `an answer to ${pending.request.op}`,
            `one to ${value.id}`,
            "Answer with the request's own id",
          );
    answered.add(value.id);
    const { request } = pending;
    if (
      value.type === "ok" &&
      request.f === "read" &&
      value.value === undefined &&
      value.result === undefined
    )
      return refuse(
        "client-bad-answer",
        'the value that was read: {"id":7,"type":"ok","value":"v3"}, or null for not found',
        shown(line),
        "schemas/client.schema.json in the package says what answers are",
      );
    settle(outcomeOf(value, request, isRead));
  };

  child.on("error", (error: NodeJS.ErrnoException) => {
    const { code = "" } = error;
    refuse(
      "client-not-started",
      `a program ${file}`,
      code === "ENOENT" ? "no such program" : error.message,
      'Name a program that is installed here, and its arguments: clientCommand: ["python3", "./client.py"]',
    );
  });
  child.on("close", (status, signal) =>
    ended(signal === null ? `ended with status ${status ?? ""}` : `was ended by ${signal}`),
  );
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (hasEnded) return;
    half += text;
    const lines = half.split("\n");
    half = lines.pop() ?? "";
    lines.forEach(take);
    if (half.length > longestLine)
      refuse(
        "client-floods",
        `lines of at most ${longestLine} characters`,
        `more, beginning ${shown(half)}`,
        "Print one short line for each request",
      );
  });
  let errorText = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const lines = (errorText + text).split("\n");
    errorText = (lines.pop() ?? "").slice(-longestLine);
    for (const line of lines) {
      lastLines.push(line);
      if (lastLines.length > linesKept) lastLines.shift();
      context.log(line);
    }
  });
  // A program that is gone cannot be written to: its end says so.
  child.stdin.on("error", () => {});

  return {
    get hasEnded() {
      return hasEnded;
    },
    get half() {
      return half;
    },
    ask(asked) {
      pending = asked;
      child.stdin.write(`${JSON.stringify(requestLine(asked.request))}\n`);
    },
    kill,
  };
}

/** A request as the program reads it. */
function requestLine({ op, f, key, value, args, levels }: ClientRequest): object {
  return {
    id: op,
    op: f,
    key,
    ...(value === undefined ? {} : { value }),
    ...(args === undefined ? {} : { args }),
    ...(levels === undefined || Object.keys(levels).length === 0 ? {} : { levels }),
  };
}

function outcomeOf(answer: Answer, { f }: ClientRequest, isRead: IsRead): Outcome {
  switch (answer.type) {
    case "ok":
      if (answer.result !== undefined) return { kind: "ok", result: answer.result };
      return f === "read" ? readOutcome(answer.value) : { kind: "ok" };
    case "fail":
    case "info": {
      const { error = "" } = answer;
      const message = error === "" ? "the client gave no reason" : error;
      // A read that fails tells nothing either way.
      if (answer.type === "info" && !isRead(f))
        return { kind: "info", code: "client-error", message };
      return { kind: "fail", code: "refused", message };
    }
  }
}

/** What the program learns of its place. */
function environmentOf({
  client,
  name,
  host,
  port,
  url,
  nodes,
  settings,
}: ClientContext): Record<string, string> {
  return {
    QUORATE_CLIENT: client,
    QUORATE_NODE: name,
    QUORATE_HOST: host,
    QUORATE_PORT: String(port),
    QUORATE_URL: url,
    QUORATE_NODES: JSON.stringify(nodes),
    QUORATE_SETTINGS: JSON.stringify(settings),
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** Short enough for a message. */
const shown = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

const longestLine = 1 << 20;
const linesKept = 5;
