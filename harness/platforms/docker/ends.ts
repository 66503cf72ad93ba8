/** Finds the ends of nodes that the harness did not cause, by the engine's container events. */
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { NodeEndedEvent, NodeName } from "../../../checkers/index.ts";
import { saidLast } from "../last-words.ts";
import type { Engine, LifeEvent } from "./engine.ts";

/** An end that the harness did not cause. `atMs` is a time of the wall clock, in ms since 1970. */
export interface UnplannedEnd extends Pick<NodeEndedEvent, "node" | "by" | "detail"> {
  readonly atMs: number;
}

/** A node, and the name of the container of its process. */
export interface NodeProcess {
  readonly node: NodeName;
  readonly process: string;
}

export interface Ends {
  /** Kills the container. An end by this kill does not count as unplanned. */
  kill(process: string): Promise<void>;
  /** Forgets all earlier ends of nodes. */
  begin(): void;
  /** The unplanned ends of these nodes since `begin`, in order of time. */
  unplanned(nodes: readonly NodeProcess[]): Promise<readonly UnplannedEnd[]>;
  close(): void;
}

/** One run of a container's process, from its start on. */
interface Life {
  readonly sinceMs: number;
  /** Numbers of the signals that others sent through the engine. */
  readonly signals: number[];
  isOurs: boolean;
  isOutOfMemory: boolean;
}

const killedStatus = 128 + constants.signals.SIGKILL;
/** Signals that usually come from outside of the process, without an error of the process. */
const foreignSignals = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;
/** How long the engine's event may lag behind the end of a container, in ms. */
const wordMs = 5_000;
const lookEveryMs = 20;

/**
 * Watches the ends of a run's containers from now on.
 *
 * @param label The label of all containers of the run.
 */
export const watchEnds = async (engine: Engine, label: string): Promise<Ends> => {
  const lives = new Map<string, Life>();
  /** For each container: the number of requested kills that the engine has not reported yet. */
  const asked = new Map<string, number>();
  const dead = new Set<string>();
  let ends: { readonly process: string; readonly end: Promise<Omit<UnplannedEnd, "node">> }[] = [];

  const ask = (process: string, more: 1 | -1): void =>
    void asked.set(process, Math.max(0, (asked.get(process) ?? 0) + more));

  const ended = ({ container, exitCode = 0, atMs }: LifeEvent, life: Life): void => {
    dead.add(container);
    if (life.isOurs && exitCode === killedStatus) return;
    const end = whoEndedIt(engine, container, exitCode, life).then((who) => ({ atMs, ...who }));
    // Keeps a rejection from ending the harness: `unplanned` awaits this promise later, or nobody does.
    end.catch(() => {});
    ends.push({ process: container, end });
  };

  const heard = (event: LifeEvent): void => {
    const { container } = event;
    const life = lives.get(container);
    switch (event.what) {
      case "start":
        dead.delete(container);
        lives.set(container, {
          sinceMs: event.atMs,
          signals: [],
          isOurs: false,
          isOutOfMemory: false,
        });
        return;
      case "oom":
        if (life !== undefined) life.isOutOfMemory = true;
        return;
      case "kill":
        if (life === undefined) return;
        if ((asked.get(container) ?? 0) > 0 && event.signal === constants.signals.SIGKILL) {
          ask(container, -1);
          life.isOurs = true;
        } else life.signals.push(event.signal ?? 0);
        return;
      case "die":
        if (life !== undefined) ended(event, life);
        return;
    }
  };

  const close = await engine.watch(label, heard, () => {});

  /**
   * Returns null if the container runs or the engine has reported its end. For a stopped container, waits up to
   * `wordMs` for the engine's report. Without a report, returns an end of unknown cause.
   */
  const settled = async ({ node, process }: NodeProcess): Promise<UnplannedEnd | null> => {
    const untilMs = Date.now() + wordMs;
    while (!dead.has(process)) {
      if (await engine.isRunning(process)) return null;
      if (Date.now() > untilMs)
        return {
          node,
          by: "somebody",
          atMs: Date.now(),
          detail:
            "the node's container does not run, and the engine did not tell how the container ended",
        };
      await delay(lookEveryMs);
    }
    return null;
  };

  return {
    kill: async (process) => {
      ask(process, 1);
      if (!(await engine.kill(process))) ask(process, -1);
    },
    begin: () => {
      ends = [];
    },
    unplanned: async (nodes) => {
      const untold = await Promise.all(nodes.map(settled));
      const told = await Promise.all(
        ends.map(async ({ process, end }) => {
          const found = nodes.find((one) => one.process === process);
          return found === undefined ? null : { node: found.node, ...(await end) };
        }),
      );
      return [...told, ...untold].filter((end) => end !== null).sort((a, b) => a.atMs - b.atMs);
    },
    close,
  };
};

/** Says who or what ended a process that the harness's kill did not end. */
const whoEndedIt = async (
  engine: Engine,
  process: string,
  exitCode: number,
  life: Life,
): Promise<Pick<UnplannedEnd, "by" | "detail">> => {
  const status = `exit status ${exitCode}`;
  const [signal] = life.signals;
  if (life.isOutOfMemory || (exitCode === killedStatus && (await engine.ranOutOfMemory(process))))
    return {
      by: "engine",
      detail: `the process ran out of memory, and the kernel ended it (${status})`,
    };
  if (signal !== undefined)
    return {
      by: "somebody",
      detail: `somebody sent ${signalName(signal)} through the engine (${status})`,
    };
  const foreign = foreignSignals.find((name) => exitCode === 128 + constants.signals[name]);
  if (foreign !== undefined)
    return {
      by: "somebody",
      detail: `${foreign} ended the process, and the engine does not know who sent the signal (${status})`,
    };
  const said = await engine.logs(process, Math.floor(life.sinceMs / 1000));
  return { by: "itself", detail: `${status}; it said last: ${saidLast(said)}` };
};

const signalName = (signal: number): string =>
  Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ??
  `signal ${signal}`;
