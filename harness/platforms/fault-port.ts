/** How a platform makes what faults want: one entry for each port that the built-in kinds of fault need. */
import type { PortName, PortValue, ProcessState } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";

/** `null`: it was done. */
export type Done = (error: Error | null) => void;
export type Step = (done: Done) => void;

/** How a platform makes what faults want of one port. */
export interface PlatformPort<Value> {
  /** Why it cannot be made here, a sentence's end; absent or null: it can. */
  cannot?(value: Value): string | null;
  /**
   * From now on exactly this holds of each subject (a node, or a link "n1>n2"); what is not named is as if there were
   * no fault. `before`: what was set last, of the same subjects. A dead-disk port acts once on each subject, and knows
   * no before.
   */
  set(wanted: ReadonlyMap<string, Value>, before: ReadonlyMap<string, Value>, done: Done): void;
  /** Gets ready what a later `set` of this will need. */
  prepare?(subject: string, value: Value, done: Done): void;
}

/** All ports of a platform, by name. */
export type FaultPorts = { readonly [Name in PortName]: PlatformPort<PortValue<Name>> };

/** One after the other, whatever fails; then `done` with the first error. */
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
    // A step that throws failed: an interrupt may have taken the cluster away meanwhile.
    try {
      step(finish);
    } catch (error) {
      finish(error instanceof Error ? error : new Error(String(error)));
    }
  };
  next(0);
}

/** All subjects of both, sorted. */
export const subjectsOf = (...maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();

/** What can be done to a node's process. */
export interface ProcessActs {
  /** SIGKILL. */
  kill(node: string, done: Done): void;
  /**
   * Starts a killed node on what its disk holds; cuts that hold are in force before it talks to a peer. Done once the
   * process runs.
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

/** A port of which nothing can be made here. `why`: a sentence's end. */
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
            hint: "Leave it out, or choose another platform with --on.",
          }),
    ),
});

/** A port whose nodes are done one after the other. */
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

/** Sets each clock that is to be ahead by another time than before. */
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
