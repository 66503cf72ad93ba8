/**
 * A node as a local process: messages on standard input and output, a folder for its data, and a process group that is
 * killed when the node ends.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Done } from "../fault-port.ts";
import type { NodeCommand } from "../messages/message-target.ts";
import { type NodeMessage, parseMessage } from "../messages/message.ts";
import type { NodeHandlers, NodeMachine } from "../messages/world.ts";
import { offsetText } from "../clock-offset.ts";
import { saidLast } from "../last-words.ts";
import { clockEnvironment } from "./clock.ts";
import {
  endGroup,
  isNotStarted,
  type Mark,
  marked,
  markName,
  nodeName,
  signalGroup,
  watchGroup,
} from "./groups.ts";
import { type LineReader, longestLine, readLines } from "./lines.ts";

/** The largest number of characters of a node's log that are kept. */
const mostLogBytes = 4 << 20;
/** The number of a node's last lines in which its last words are looked for. A stack trace may be long. */
const lastLines = 100;
const clipped = 300;

export interface ProcessOptions {
  /** The parent of this node's working folder. */
  readonly folder: string;
  readonly mark: Mark;
  /** The node's place among the nodes of the cluster, from 0. */
  readonly place: number;
  readonly command: NodeCommand;
  /** The path of libfaketime, which moves the node's clock. Null: the node uses the machine's clock. */
  readonly clockLibrary: string | null;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly output: LineReader;
  /** Messages that were not written yet. One write sends all of them. */
  unwritten: string;
  isKilled: boolean;
  /** Resolves once a node that ended, or closed its input or output, was reported. Null: it did neither. */
  settling: Promise<void> | null;
}

export class ProcessMachine implements NodeMachine {
  readonly name: string;
  /** The process groups that the node had, one for each start. */
  readonly groups: number[] = [];
  readonly #options: ProcessOptions;
  readonly #folder: string;
  readonly #clockFile: string;
  #running: Running | null = null;
  readonly #log: string[] = [];
  #logBytes = 0;
  readonly #last: string[] = [];

  constructor(name: string, options: ProcessOptions) {
    this.name = name;
    this.#options = options;
    this.#folder = join(options.folder, "data");
    this.#clockFile = join(options.folder, "clock");
    mkdirSync(this.#folder, { recursive: true });
    if (options.clockLibrary !== null) this.#writeClock(0);
  }

  get isRunning(): boolean {
    return this.#running !== null && !this.#running.isKilled;
  }

  start(handlers: NodeHandlers): void {
    const { mark, place, command, clockLibrary } = this.#options;
    const env = {
      ...process.env,
      ...command.environment,
      ...(clockLibrary === null ? {} : clockEnvironment(clockLibrary, this.#clockFile)),
      [nodeName]: this.name,
      [markName]: mark.text,
    };
    const [program = "", ...args] = marked(command.command, env, mark, place);
    const child = spawn(program, args, {
      cwd: this.#folder,
      env,
      // The node gets a process group, so that its child processes are killed and paused with it.
      detached: true,
    });
    if (child.pid !== undefined) {
      watchGroup(child.pid);
      this.groups.push(child.pid);
    }
    const running: Running = {
      child,
      unwritten: "",
      isKilled: false,
      settling: null,
      output: readLines(
        child.stdout,
        (line) => this.#read(running, line, handlers),
        (beginning) =>
          this.#broke(
            running,
            handlers,
            "line-too-long",
            `lines of at most ${longestLine} characters`,
            `a line that begins with ${beginning}`,
          ),
      ),
    };
    this.#running = running;
    readLines(
      child.stderr,
      (line) => this.#keep(line),
      (beginning) => this.#keep(beginning),
    );
    // A process that ends closes its pipes just before. A process that closes one and runs on cannot exchange messages.
    const closed = (pipe: "input" | "output"): void => {
      if (running.isKilled || hasEnded(child)) return;
      running.settling ??= new Promise((settle) => {
        child.once("exit", () => settle());
        setTimeout(() => {
          if (!hasEnded(child))
            this.#broke(
              running,
              handlers,
              `${pipe}-closed`,
              `${this.name} to keep its standard ${pipe} open`,
              `a node that closed its ${pipe} and went on running`,
            );
          settle();
          // This timer must not keep a harness alive that has nothing else to do.
        }, endMs).unref();
      });
    };
    child.stdout.once("end", () => closed("output"));
    // A write to a closed pipe fails. The exit handler reports the end of a process.
    child.stdin.on("error", () => closed("input"));
    child.once("error", (error) => {
      // The only cause is a process that cannot be started: signals, which could fail too, go to the group.
      this.#running = null;
      handlers.broke("node-not-started", `${this.name} to start`, error.message);
    });
    child.once("exit", (status, signal) => {
      if (child.pid !== undefined) endGroup(child.pid);
      if (running.isKilled || this.#running !== running) return;
      const how = signal === null ? `status ${String(status)}` : signal;
      running.settling = new Promise((settle) => {
        // The process's last output may still be in its pipes.
        const tell = (): void => {
          clearTimeout(late);
          settle();
          if (this.#running !== running) return;
          this.#running = null;
          if (isNotStarted(status, this.#last.at(-1) ?? ""))
            return handlers.broke(
              "node-not-started",
              `${this.name} to start`,
              "a program that cannot be run",
            );
          const unfinished = running.output.unfinished();
          if (unfinished !== "") this.#keep(`${unfinished} (an unfinished line)`);
          handlers.ended(isOwnEnd(signal) ? "itself" : "somebody", `with ${how}`);
        };
        const late = setTimeout(tell, pipesMs);
        child.once("close", tell);
      });
    });
  }

  async settled(): Promise<void> {
    // A node may close its output first and end later.
    for (let last: Promise<void> | null = null; ; await last) {
      const settling = this.#running?.settling ?? null;
      if (settling === last) return;
      last = settling;
    }
  }

  kill(done: Done): void {
    const running = this.#running;
    const pid = running?.child.pid;
    if (running === null || pid === undefined) return void setImmediate(done, null);
    const { child } = running;
    // The node has just ended without being killed, and its last output may still be in its pipes.
    if (hasEnded(child)) {
      this.#running = null;
      return void setImmediate(done, null);
    }
    // A second call waits for the process's end too.
    if (running.isKilled) return void child.once("exit", () => done(null));
    running.isKilled = true;
    child.once("exit", () => {
      if (this.#running === running) this.#running = null;
      child.stdout.destroy();
      child.stderr.destroy();
      done(null);
    });
    signalGroup(pid, "SIGKILL");
  }

  pause(done: Done): void {
    this.#signal("SIGSTOP", done);
  }

  resume(done: Done): void {
    this.#signal("SIGCONT", done);
  }

  wipe(done: Done): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    setImmediate(done, null);
  }

  setClock(aheadMs: number, done: Done): void {
    this.#writeClock(aheadMs);
    setImmediate(done, null);
  }

  deliver(message: NodeMessage, text: string | undefined): void {
    const running = this.#running;
    if (running === null || running.isKilled) return;
    if (running.unwritten === "")
      setImmediate(() => {
        const { unwritten } = running;
        running.unwritten = "";
        if (!running.isKilled) running.child.stdin.write(unwritten);
      });
    running.unwritten += `${text ?? JSON.stringify(message)}\n`;
  }

  log(): string {
    // Of a long log, the beginning and the end are kept.
    const lines = this.#logBytes > mostLogBytes ? [...this.#log, ...this.#last] : this.#log;
    return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  }

  lastWords(): string {
    const unfinished = this.#running?.output.unfinished() ?? "";
    const lines = [
      ...this.#last,
      ...(unfinished === "" ? [] : [`${unfinished.slice(0, clipped)} (an unfinished line)`]),
    ];
    return saidLast(lines.join("\n"));
  }

  #read(running: Running, line: string, handlers: NodeHandlers): void {
    // Data in the pipe of a killed process counts as never sent.
    if (running.isKilled || this.#running !== running) return;
    const message = parseMessage(line);
    if (typeof message !== "string") return handlers.message(message, line);
    this.#broke(
      running,
      handlers,
      "not-a-message",
      `nothing but messages on the standard output of ${this.name}`,
      `${message}: ${line.slice(0, clipped)}`,
    );
  }

  #broke(
    running: Running,
    handlers: NodeHandlers,
    code: string,
    expected: string,
    got: string,
  ): void {
    if (!running.isKilled && this.#running === running) handlers.broke(code, expected, got);
  }

  #signal(signal: NodeJS.Signals, done: Done): void {
    const pid = this.#running?.child.pid;
    // A node that ended by itself cannot be paused. Its end was or will be reported.
    if (pid !== undefined && this.isRunning) signalGroup(pid, signal);
    setImmediate(done, null);
  }

  #writeClock(aheadMs: number): void {
    writeFileSync(this.#clockFile, offsetText(aheadMs));
  }

  #keep(line: string): void {
    this.#last.push(line.slice(0, clipped));
    if (this.#last.length > lastLines) this.#last.shift();
    if (this.#logBytes > mostLogBytes) return;
    this.#logBytes += line.length;
    this.#log.push(this.#logBytes > mostLogBytes ? "… (some lines are left out)" : line);
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcessWithoutNullStreams): boolean =>
  exitCode !== null || signalCode !== null;

/**
 * Whether the process ended by itself, by an exit or a crash. Signals other than those of a crash usually come from
 * outside, or from the kernel for lack of memory.
 */
const isOwnEnd = (signal: NodeJS.Signals | null): boolean => signal === null || crashes.has(signal);
const crashes = new Set<NodeJS.Signals>([
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGPIPE",
  "SIGSEGV",
  "SIGSYS",
  "SIGTRAP",
]);

/** The longest time, in ms, from the end of a process's output to the process's own end, on a busy machine. */
const endMs = 500;

/**
 * How long to wait for the last output of an ended node, in ms: a child process that left the node's group may keep the
 * pipes open.
 */
const pipesMs = 200;
