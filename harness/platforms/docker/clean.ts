/** Removing what runs made, found by label alone: whoever made it may be long dead. */
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "./engine.ts";
import { connectEngine } from "./connect-engine.ts";
import { anyRun, bySign, madeBy, ofRun } from "./labels.ts";
import { lifeOf, ownSign } from "../../sign-of-life.ts";
import { together } from "./together.ts";
import { removeVolumes, volumeSigns } from "./volumes.ts";

/** How many of each. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

export interface Cleaned extends Removed {
  /** Not touched: of runs whose process lives, or is not known to be gone. */
  readonly left: Removed & { readonly runs: number };
}

export interface CleanOptions {
  /** Of runs that still go on too. */
  readonly all?: boolean;
  /** Of this run alone; absent: of any. */
  readonly run?: string;
}

/** How often removal is tried, and how long the engine has between two tries to finish what it is still making. */
const mostRounds = 10;
const betweenRoundsMs = 500;

/**
 * Removes all that the run made, in the order in which the engine lets go of it. It may still be making what a run that
 * was just killed had asked for: that comes to light later, and holds volumes and networks until then.
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

/** Removes what runs left whose process is gone. Rejects with an EnvironmentError. */
export const clean = async ({ all = false, run: only }: CleanOptions = {}): Promise<Cleaned> => {
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

/** What runs of this process made and have not removed, by name. */
export const ownLeavings = async (): Promise<readonly string[]> => {
  const sign = ownSign();
  if (sign === undefined) return [];
  const { containers, networks, volumes } = await connectEngine().labelled(bySign(sign));
  return [...containers, ...networks, ...volumes];
};

const none: Removed = { containers: 0, networks: 0, volumes: 0 };

/** What the things of each run, in the engine and on disks, say of its process. */
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
 * By those that say anything: what a run of an earlier version made says nothing, and is left to whoever asks for all.
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
