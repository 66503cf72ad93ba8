/** Runs nodes as local processes in real time. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { NodeFaultError } from "../../errors.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../temporary-folders.ts";
import type { ClusterClock } from "../cluster.ts";
import type { MessageWorld, NodeMachine } from "../messages/world.ts";
import { createWaiting } from "../waiting.ts";
import { findClockLibrary } from "./clock.ts";
import { endStrays, forgetMark, makeMark, type Stray, watchMark } from "./groups.ts";
import { ProcessMachine } from "./machine.ts";
import { platformName } from "./name.ts";

export class ProcessWorld implements MessageWorld {
  readonly platform = platformName;
  readonly virtualTime = false;
  readonly environment = { system: `${process.platform} ${process.arch}` };
  readonly cannot: ReadonlyMap<string, string>;
  readonly #waiting = createWaiting();
  readonly clock: ClusterClock = this.#waiting.clock;
  readonly #clockLibrary = findClockLibrary();
  readonly #mark = makeMark();
  #folder: string | null = null;
  #machines: readonly ProcessMachine[] = [];
  #histories = 0;

  constructor() {
    this.cannot = new Map([
      ...(this.#clockLibrary === null
        ? [["clock", "libfaketime is not installed (Debian: apt-get install libfaketime)"] as const]
        : []),
      ...(process.platform === "win32"
        ? [["paused", "Windows has no signal that pauses a process"] as const]
        : []),
    ]);
  }

  after(delayUs: number, run: () => void): void {
    const delayMs = Math.round(delayUs / 1000);
    if (delayMs === 0) run();
    else this.clock.setTimer(delayMs, run);
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#waiting.until(condition, timeoutMs);
  }

  happened(): void {
    this.#waiting.happened();
  }

  async begin(
    nodes: Parameters<MessageWorld["begin"]>[0],
    { settings, target, movesClocks }: Parameters<MessageWorld["begin"]>[1],
  ): Promise<readonly NodeMachine[]> {
    const command = await target.program(settings);
    if (this.#folder === null) {
      this.#folder = makeTemporaryFolder("process");
      watchMark(this.#mark, this.#folder);
    }
    const folder = join(this.#folder, String(this.#histories++));
    this.#machines = nodes.map(
      (name, place) =>
        new ProcessMachine(name, {
          folder: join(folder, name),
          mark: this.#mark,
          place,
          command,
          // The library is loaded only if clocks move: under libfaketime 0.9.10, Python's time.sleep fails (EINVAL).
          clockLibrary: movesClocks ? this.#clockLibrary : null,
        }),
    );
    this.#waiting.begin();
    return this.#machines;
  }

  async end(): Promise<void> {
    this.#waiting.end();
    const machines = this.#machines;
    this.#machines = [];
    await Promise.all(machines.map((machine) => new Promise((done) => machine.kill(done))));
    if (this.#folder === null || machines.length === 0) return;
    const strays = await endStrays(this.#mark, new Set(machines.flatMap(({ groups }) => groups)));
    rmSync(join(this.#folder, String(this.#histories - 1)), { recursive: true, force: true });
    if (strays.length > 0) throw leftProcesses(strays, machines);
  }

  async stop(): Promise<void> {
    try {
      await this.end();
    } finally {
      // A cluster that ran no history has started no process.
      if (this.#folder !== null) {
        forgetMark(this.#mark);
        removeTemporaryFolder(this.#folder);
        this.#folder = null;
      }
    }
  }
}

/** The error of nodes that left processes behind, with what the first of these nodes said last. */
function leftProcesses(
  strays: readonly Stray[],
  machines: readonly ProcessMachine[],
): NodeFaultError {
  const nodes = machines.filter(({ name }) =>
    strays.some(({ place, node }) => (place === null ? node : machines[place]?.name) === name),
  );
  const names = new Intl.ListFormat("en-GB").format(nodes.map(({ name }) => name)) || "a node";
  const [first] = strays;
  const isOne = strays.length === 1;
  const what = isOne ? "a process" : `${strays.length} processes`;
  const [faulty] = nodes;
  const said = faulty === undefined ? "" : `; ${faulty.name} said last: ${faulty.lastWords()}`;
  return new NodeFaultError({
    code: "node-left-processes",
    expected: "nodes whose child processes end when the node ends",
    got: `${what} that left the process group of ${names} and kept running, ${isOne ? "" : "first "}${JSON.stringify(first?.command.slice(0, clipped) ?? "")} (quorate killed ${isOne ? "it now, unless it is another user's" : "them now, except those of other users"})${said}`,
    hint: "A node must not start daemons, nor call setsid.",
  });
}

/** The largest number of characters of a command that an error shows. */
const clipped = 100;
