/**
 * Clients in any language. A client is a command that reads requests from standard input and writes answers to standard
 * output, one JSON document a line (schemas/client-command.schema.json). Each pair of client and node has a process of
 * its own.
 *
 * If a process ends during an operation, the operation is indeterminate. If a process cannot be started, the operation
 * fails. In both cases the next operation starts a new process. An invalid answer (no JSON, an unknown id, a second
 * answer, a flood) is a mistake of the command, not of the store. It ends the process, and the run reports it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeName, ShownValue } from "../../checkers/index.ts";
import type { Json } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import { lazily } from "../lazily.ts";
import { packageRoot } from "../paths.ts";
import { ajv2020 } from "../rare-packages.ts";
import type { ClusterTimer } from "../platforms/cluster.ts";
import type { Address, OpenClients, Reach } from "../platforms/reach.ts";
import {
  type ClientRequest,
  type ClientSession,
  notConnected,
  type Outcome,
  unanswered,
} from "../platforms/session.ts";

/** A client that is a separate program. */
export interface CommandClient {
  /**
   * The program and its arguments. {host}, {port}, {node} and {client} are replaced by the address and the name of the
   * node, and by the client's name.
   */
  readonly command: readonly string[];
  /**
   * Variables added to the environment of the program. {host}, {port}, {node} and {client} are replaced in their values
   * as in `command`.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** The working folder. Default: the folder in which quorate was started. */
  readonly folder?: string;
}

interface AnswerLine {
  readonly id: number;
  readonly type: "ok" | "fail" | "info";
  readonly value?: string | null;
  readonly version?: string;
  readonly versions?: readonly ShownValue[];
  readonly result?: Json;
  readonly token?: string;
  readonly code?: string;
  readonly message?: string;
}

/**
 * The number of characters after which an unfinished line is cut off, so that a command that prints without end does
 * not fill the memory.
 */
const longestLine = 1 << 20;
const lastLines = 5;
/** How many ms a command may take to end before it is killed. */
const endingMs = 1_000;

/**
 * Makes sessions from a program in any language, which reads requests from standard input and writes answers to
 * standard output.
 *
 * @param command The program, its arguments, environment and working folder. schemas/client-command.schema.json
 *   describes the lines that it reads and writes.
 * @returns The clients of a target: its `containers.clients` or `external.clients`.
 * @example
 * const clients = commandClients({ command: ["python3", "client.py", "{host}", "{port}"] });
 */
export function commandClients(command: CommandClient): OpenClients {
  return (reach) => {
    const sessions = new Set<CommandSession>();
    return {
      session(client, node) {
        const session = new CommandSession(reach, command, client, node);
        sessions.add(session);
        return session;
      },
      close() {
        for (const session of sessions) session.close();
      },
    };
  };
}

interface Waiting {
  readonly request: ClientRequest;
  readonly timer: ClusterTimer;
  readonly done: (outcome: Outcome) => void;
}

class CommandSession implements ClientSession {
  readonly #reach: Reach;
  readonly #command: CommandClient;
  readonly #name: string;
  readonly #client: string;
  readonly #node: NodeName;
  #process: ClientProcess | null = null;
  #waiting: Waiting | null = null;
  /** The ids of the requests that the current process has answered. */
  readonly #answered = new Set<number>();

  constructor(reach: Reach, command: CommandClient, client: string, node: NodeName) {
    this.#reach = reach;
    this.#command = command;
    this.#client = client;
    this.#node = node;
    this.#name = `${client} at ${node}`;
  }

  perform(request: ClientRequest, timeoutMs: number, done: (outcome: Outcome) => void): void {
    const timer = this.#reach.clock.setTimer(timeoutMs, () => {
      // The process is dropped, so that its late answer is not taken for the answer to another operation.
      this.#drop();
      this.#finish(unanswered(true, timeoutMs));
    });
    this.#waiting = { request, timer, done };
    this.#process ??= this.#start();
    this.#process.send(lineOf(request));
  }

  close(): void {
    this.#waiting?.timer.cancel();
    this.#waiting = null;
    this.#drop();
  }

  #drop(): void {
    const process = this.#process;
    this.#process = null;
    process?.end();
  }

  #start(): ClientProcess {
    this.#answered.clear();
    const process: ClientProcess = new ClientProcess(
      this.#command,
      { ...this.#reach.address(this.#node), node: this.#node, client: this.#client },
      {
        line: (text) => {
          if (this.#process === process) this.#take(text, process);
        },
        said: (text) => this.#reach.log(`${this.#name}: ${text}`),
        ended: (how, started) => {
          if (this.#process !== process) return;
          this.#process = null;
          this.#finish(
            started
              ? { kind: "info", code: "client-ended", message: `the client command ${how}` }
              : { kind: "fail", code: notConnected, message: `${how}; nothing was sent` },
          );
          if (!started) this.#complain("client-command-missing", how, process);
        },
      },
    );
    return process;
  }

  #take(text: string, process: ClientProcess): void {
    const answer = parseAnswer(text);
    if (typeof answer === "string")
      return this.#refuse(`${answer}: ${text.slice(0, 200)}`, process);
    // This comes first, so that a second answer gives the same error whether or not the next request is under way.
    if (this.#answered.has(answer.id))
      return this.#refuse(`a second answer to request ${answer.id}`, process);
    if (this.#waiting === null || answer.id !== this.#waiting.request.op)
      return this.#refuse(
        `an answer to request ${answer.id}, which ${this.#waiting === null ? "was not sent" : `is not ${this.#waiting.request.op}, the one under way`}`,
        process,
      );
    this.#answered.add(answer.id);
    this.#finish(outcomeOf(answer, this.#waiting.request));
  }

  /** Handles an invalid answer: the operation's outcome is unknown, and the process's later answers are ignored. */
  #refuse(got: string, process: ClientProcess): void {
    this.#drop();
    this.#finish({ kind: "info", code: "client-confused", message: got });
    this.#complain("bad-client-answer", got, process);
  }

  #complain(code: string, got: string, process: ClientProcess): void {
    const lines = process.lastLines();
    this.#reach.fail(
      new EnvironmentError({
        code,
        expected:
          code === "bad-client-answer"
            ? "one JSON answer to each request, in a line of its own (schemas/client-command.schema.json)"
            : `the client command ${this.#command.command.join(" ")} to start`,
        got: `${got}${lines === "" ? "" : `; it said last: ${lines}`}`,
        hint: "Try the command by hand: write a request to its standard input.",
      }),
    );
  }

  #finish(outcome: Outcome): void {
    if (this.#waiting === null) return;
    const { timer, done } = this.#waiting;
    this.#waiting = null;
    timer.cancel();
    done(outcome);
  }
}

interface Place extends Address {
  readonly node: NodeName;
  readonly client: string;
}

interface ProcessHandlers {
  /** Called with each line of standard output that is not blank. Not called after `end`. */
  line(text: string): void;
  /** Called with each line of standard error that is not blank. */
  said(text: string): void;
  /**
   * Called once if the program ends by itself or cannot be started, but never after `end`. `how` says what happened, as
   * the end of a sentence. `started` says whether the program ran at all.
   */
  ended(how: string, started: boolean): void;
}

/** One run of the command. */
class ClientProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  #over = false;

  constructor(
    { command, environment = {}, folder }: CommandClient,
    place: Place,
    handlers: ProcessHandlers,
  ) {
    const fill = (text: string): string =>
      text.replace(/\{(host|port|node|client)\}/g, (_, name: keyof Place) => String(place[name]));
    const [program = "", ...args] = command.map(fill);
    const child = spawn(program, args, {
      // The command has a process group of its own, so that its child processes end with it.
      detached: true,
      ...(folder === undefined ? {} : { cwd: folder }),
      env: {
        ...process.env,
        QUORATE_HOST: place.host,
        QUORATE_PORT: String(place.port),
        QUORATE_NODE: place.node,
        QUORATE_CLIENT: place.client,
        ...Object.fromEntries(
          Object.entries(environment).map(([name, text]) => [name, fill(text)]),
        ),
      },
    });
    this.#child = child;
    const end = (how: string, started: boolean): void => {
      if (this.#over) return;
      this.#over = true;
      handlers.ended(how, started);
    };
    byLine(child.stdout, (text) => this.#over || (this.#keep(text), handlers.line(text)));
    byLine(child.stderr, (text) => {
      this.#keep(text);
      handlers.said(text);
    });
    // Writing to a process that has ended fails. The error is ignored, since the handler of `close` reports the end.
    child.stdin.on("error", () => {});
    child.on("error", (error) => end(`could not be started: ${error.message}`, false));
    child.on("exit", () => this.#killGroup());
    child.on("close", (status, signal) =>
      end(
        signal === null ? `ended with status ${status ?? "unknown"}` : `was ended by ${signal}`,
        true,
      ),
    );
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /**
   * Closes the command's standard input, kills the command soon after, and ignores further lines of its standard
   * output.
   */
  end(): void {
    this.#over = true;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#killGroup(), endingMs);
    this.#child.once("close", () => clearTimeout(timer));
  }

  /** Kills the command's process group: the command and its child processes, except those that left the group. */
  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group has no process any more.
    }
  }

  lastLines(): string {
    return this.#lines.join(" | ");
  }

  #keep(text: string): void {
    this.#lines.push(text.slice(0, 200));
    if (this.#lines.length > lastLines) this.#lines.shift();
  }
}

/**
 * Calls `each` for every line that is not blank. If a line is too long, `each` gets its beginning, and the rest is
 * dropped.
 */
function byLine(stream: NodeJS.ReadableStream, each: (text: string) => unknown): void {
  let rest = "";
  let dropping = false;
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!dropping && line.trim() !== "") each(line);
      dropping = false;
    }
    if (rest.length <= longestLine) return;
    if (!dropping) each(rest);
    dropping = true;
    rest = "";
  });
  stream.on("end", () => {
    if (!dropping && rest.trim() !== "") each(rest);
  });
}

function lineOf({ op, f, key, value, args, levels = {}, context }: ClientRequest): string {
  return JSON.stringify({
    id: op,
    op: f,
    key,
    ...(value === undefined ? {} : { value }),
    ...(args === undefined ? {} : { args }),
    ...(Object.keys(levels).length === 0 ? {} : { levels }),
    ...(context === undefined ? {} : { context }),
  });
}

/** The validator of answers, made from the published schema. */
const answerShape = lazily(() => {
  const file = join(packageRoot, "schemas", "client-command.schema.json");
  const { $defs } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly $defs: { readonly answer: object };
  };
  return new (ajv2020().Ajv2020)({ strict: false }).compile<AnswerLine>($defs.answer);
});

/** Returns the answer in the line, or says why the line contains no answer. */
function parseAnswer(text: string): AnswerLine | string {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswerLine = answerShape();
    return isAnswerLine(value) ? value : "JSON that is no answer";
  } catch {
    return "a line that is no JSON";
  }
}

function outcomeOf(
  answer: AnswerLine,
  { f, value: asked = null }: { readonly f: string; readonly value?: string | null },
): Outcome {
  const { type, value, version, versions, result, token, code, message } = answer;
  if (type !== "ok")
    return {
      kind: type,
      code: code ?? (type === "fail" ? "refused" : "client-error"),
      message: message ?? `the client command answered ${type}`,
    };
  const named = version === undefined ? {} : { version };
  const returned =
    versions ??
    (f === "write" || f === "delete"
      ? [{ ...named, value: asked }]
      : typeof value === "string"
        ? [{ ...named, value }]
        : []);
  return {
    kind: "ok",
    versions: returned,
    ...(result === undefined ? {} : { result }),
    ...(token === undefined ? {} : { token }),
  };
}
