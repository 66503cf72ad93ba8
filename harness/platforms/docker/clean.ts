/**
 * Removes the containers, networks, volumes and disks that runs created. It finds them by labels and folder names,
 * since the run's process may be gone.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "./engine.ts";
import { anyRun, bySign, madeBy, ofRun } from "./labels.ts";
import { lifeOf, ownSign } from "../../sign-of-life.ts";
import { together } from "./together.ts";
import { removeVolumes, volumeSigns } from "./volumes.ts";

/**
 * Numbers of containers, networks and volumes of the engine: of those removed, or of those left alone. Disks are not
 * counted.
 */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

export interface Cleaned extends Removed {
  /** The number of runs that were left alone because they are alive or not known to be gone, and of their things. */
  readonly left: Removed & { readonly runs: number };
}

export interface CleanOptions {
  /** Also removes the things of runs that are alive or not known to be gone. Default: false. */
  readonly all?: boolean;
  /** Removes only things of this run. Absent: of any run. */
  readonly run?: string;
}

/**
 * The largest number of rounds of removal. After a round that failed, the engine has `betweenRoundsMs` to finish
 * creating things.
 */
const mostRounds = 10;
const betweenRoundsMs = 500;

/**
 * Removes everything that the run created except images: containers first, then networks and volumes, last its disks.
 * The engine may still be creating things that a killed run requested, and a late container holds networks and volumes.
 * So the removal is repeated, up to `mostRounds` times, until nothing with the run's label is left.
 */
export const removeRun = async (engine: Engine, run: string): Promise<Removed> => {
  const removed = {
    containers: new Set<string>(),
    networks: new Set<string>(),
    volumes: new Set<string>(),
  };
  for (let round = 1; round <= mostRounds; round++) {
    const { containers, networks, volumes } = await engine.labelled(ofRun(run));
    if (containers.length + networks.length + volumes.length === 0) break;
    try {
      await together(containers.map(engine.removeContainer));
      containers.forEach((name) => removed.containers.add(name));
      await together([...networks.map(engine.removeNetwork), ...volumes.map(engine.removeVolume)]);
      networks.forEach((name) => removed.networks.add(name));
      volumes.forEach((name) => removed.volumes.add(name));
    } catch (error) {
      if (round === mostRounds) throw error;
      await delay(betweenRoundsMs);
    }
  }
  await removeVolumes(run);
  return {
    containers: removed.containers.size,
    networks: removed.networks.size,
    volumes: removed.volumes.size,
  };
};

/**
 * Removes the containers, networks, volumes and disks of runs whose processes are gone. `all` adds all other runs, and
 * `run` limits the removal to one run. Rejects with an EnvironmentError if the engine fails.
 */
export const clean = async ({ all = false, run: only }: CleanOptions = {}): Promise<Cleaned> => {
  const { connectEngine } = await import("./connect-engine.ts");
  const engine = connectEngine();
  const signs = await signsOfRuns(engine);
  let removed: Removed = none;
  let left = { runs: 0, ...none };
  for (const [run, ofIts] of signs) {
    if (only !== undefined && run !== only) continue;
    if (all || isLeft(ofIts)) removed = sum(removed, await removeRun(engine, run));
    else left = { runs: left.runs + 1, ...sum(left, await countOf(engine, run)) };
  }
  return { ...removed, left };
};

/**
 * Names of the containers, networks and volumes that this process created and has not removed. Always empty on systems
 * other than Linux: things that are created there have no sign of their process.
 */
export const ownLeavings = async (): Promise<readonly string[]> => {
  const sign = ownSign();
  if (sign === undefined) return [];
  const { connectEngine } = await import("./connect-engine.ts");
  const { containers, networks, volumes } = await connectEngine().labelled(bySign(sign));
  return [...containers, ...networks, ...volumes];
};

const none: Removed = { containers: 0, networks: 0, volumes: 0 };

/**
 * For each run: the signs of the processes that created its things, as recorded in the engine's labels and on disks.
 * Undefined stands for a thing without a recorded sign.
 */
const signsOfRuns = async (
  engine: Engine,
): Promise<ReadonlyMap<string, readonly (string | undefined)[]>> => {
  const signs = new Map<string, (string | undefined)[]>();
  const made = (await engine.labelsOfAll(anyRun)).map(madeBy);
  for (const { run, sign } of [...made, ...(await volumeSigns())])
    if (run !== undefined) signs.set(run, [...(signs.get(run) ?? []), sign]);
  return signs;
};

/**
 * True if at least one process of the run is recorded and all recorded ones are gone. A run without a recorded process,
 * as earlier versions of quorate left, is removed only with `all`.
 */
const isLeft = (signs: readonly (string | undefined)[]): boolean => {
  const lives = signs.filter((sign) => sign !== undefined).map(lifeOf);
  return lives.length > 0 && lives.every((life) => life === "gone");
};

const countOf = async (engine: Engine, run: string): Promise<Removed> => {
  const { containers, networks, volumes } = await engine.labelled(ofRun(run));
  return { containers: containers.length, networks: networks.length, volumes: volumes.length };
};

const sum = (a: Removed, b: Removed): Removed => ({
  containers: a.containers + b.containers,
  networks: a.networks + b.networks,
  volumes: a.volumes + b.volumes,
});
