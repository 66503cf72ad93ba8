/** How a platform makes faults, with one entry for each fault port. */
import type { PortName, PortValue, ProcessState } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";

/** Called once when an action has ended: with null if it succeeded, else with the error. */
export type Done = (error: Error | null) => void;
export type Step = (done: Done) => void;

/** How a platform implements one fault port. */
export interface PlatformPort<Value> {
  /** Says, as the end of a sentence, why this platform cannot make the fault. Null if it can. Absent: it always can. */
  cannot?(value: Value): string | null;
  /**
   * Puts exactly this state in force for each subject (for example a node, or a link "n1>n2"). Subjects not named have
   * no fault, but what is done once (damage, a membership change) stays done. `before` is the state that was set last.
   * It is empty for a port of the stage `dead-disk`, which acts once on each subject.
   */
  set(wanted: ReadonlyMap<string, Value>, before: ReadonlyMap<string, Value>, done: Done): void;
  /** Prepares the subject for a later `set` of this value, for example by a copy of its disk. */
  prepare?(subject: string, value: Value, done: Done): void;
}

/** All ports of a platform, by name. */
export type FaultPorts = { readonly [Name in PortName]: PlatformPort<PortValue<Name>> };

/**
 * Runs all steps in order, even if some fail. Then calls `done` with the first error, or with null if there was none.
 */
export function inTurn(steps: readonly Step[], done: Done): void {
  let first: Error | null = null;
  const next = (index: number): void => {
    const step = steps[index];
    if (step === undefined) return done(first);
    let finished = false;
    const finish = (error: Error | null): void => {
      if (finished) return;
      finished = true;
      first ??= error;
      next(index + 1);
    };
    // A step that throws counts as failed: an interrupt may have removed the cluster meanwhile.
    try {
      step(finish);
    } catch (error) {
      finish(error instanceof Error ? error : new Error(String(error)));
    }
  };
  next(0);
}

/** The subjects (keys) of all these maps, each once, sorted. */
export const subjectsOf = (...maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();

/** Actions on a node's process. */
export interface ProcessActs {
  /** Kills the node's process, as SIGKILL does. */
  kill(node: string, done: Done): void;
  /**
   * Starts a killed node on its disk. Cuts are in force before the node can talk to a peer. Calls `done` once the
   * process runs, or has answered its first requests where the harness is the network.
   */
  restart(node: string, done: Done): void;
  pause(node: string, done: Done): void;
  resume(node: string, done: Done): void;
}

export const processPort = (acts: ProcessActs): PlatformPort<ProcessState> => ({
  set: (wanted, before, done) =>
    inTurn(
      subjectsOf(wanted, before).flatMap((node) =>
        stepsBetween(acts, node, before.get(node), wanted.get(node)),
      ),
      done,
    ),
});

function stepsBetween(
  acts: ProcessActs,
  node: string,
  from: ProcessState | undefined,
  to: ProcessState | undefined,
): readonly Step[] {
  if (from === to) return [];
  const restart: Step = (done) => acts.restart(node, done);
  const pause: Step = (done) => acts.pause(node, done);
  switch (to) {
    case "killed":
      return [(done) => acts.kill(node, done)];
    case "paused":
      return from === "killed" ? [restart, pause] : [pause];
    case undefined:
      return from === "killed" ? [restart] : [(done) => acts.resume(node, done)];
  }
}

/** A port that this platform cannot implement. `why` ends a sentence. */
export const impossiblePort = (
  why: string,
): Required<Pick<PlatformPort<unknown>, "cannot">> & {
  set(wanted: ReadonlyMap<string, unknown>, before: unknown, done: Done): void;
} => ({
  cannot: () => why,
  set: (wanted, _, done) =>
    done(
      wanted.size === 0
        ? null
        : new EnvironmentError({
            code: "fault-impossible",
            expected: "a fault that can be made here",
            got: `one of ${[...wanted.keys()].join(", ")}: ${why}`,
            hint: "Leave the fault out, or choose another platform with --on.",
          }),
    ),
});

/** A port that handles nodes one after the other. */
export const nodeByNode = <Value>(
  act: (node: string, value: Value, done: Done) => void,
): Pick<PlatformPort<Value>, "set"> => ({
  set: (wanted, _, done) =>
    inTurn(
      [...wanted].map(
        ([node, value]): Step =>
          (next) =>
            act(node, value, next),
      ),
      done,
    ),
});

/** A port that sets each clock whose offset changes. The clocks belong to nodes or to clients. */
export const clockPort = (
  setClock: (node: string, aheadMs: number, done: Done) => void,
): PlatformPort<number> => ({
  set: (wanted, before, done) =>
    inTurn(
      subjectsOf(wanted, before)
        .filter((node) => (wanted.get(node) ?? 0) !== (before.get(node) ?? 0))
        .map(
          (node): Step =>
            (next) =>
              setClock(node, wanted.get(node) ?? 0, next),
        ),
      done,
    ),
});
