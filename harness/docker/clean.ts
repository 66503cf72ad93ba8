/** Removing what runs made, found by label alone: whoever made it may be long dead. */
import type { Engine } from "./engine.ts";
import { connectEngine } from "./engine.ts";
import { anyRun } from "./labels.ts";

/** How many of each were removed. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/** Removes all that carries the label, in the order in which the engine lets go of it. */
export const removeLabelled = async (engine: Engine, label: string): Promise<Removed> => {
  const { containers, networks, volumes } = await engine.labelled(label);
  await Promise.all(containers.map(engine.removeContainer));
  await Promise.all([...networks.map(engine.removeNetwork), ...volumes.map(engine.removeVolume)]);
  return { containers: containers.length, networks: networks.length, volumes: volumes.length };
};

/** Removes what any run left, running ones included. Rejects with an EnvironmentError. */
export const clean = (): Promise<Removed> => removeLabelled(connectEngine(), anyRun);
