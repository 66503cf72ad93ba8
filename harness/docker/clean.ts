/** Removing what runs made, found by label alone: whoever made it may be long dead. */
import type { Engine } from "./engine.ts";
import { connectEngine } from "./connect-engine.ts";
import { anyRun, runOf } from "./labels.ts";
import { together } from "./together.ts";
import { removeVolumes } from "./volumes.ts";

/** How many of each were removed. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/** Removes all that carries the label, in the order in which the engine lets go of it. */
export const removeLabelled = async (engine: Engine, label: string): Promise<Removed> => {
  const { containers, networks, volumes } = await engine.labelled(label);
  await together(containers.map(engine.removeContainer));
  await together([...networks.map(engine.removeNetwork), ...volumes.map(engine.removeVolume)]);
  await removeVolumes(runOf(label));
  return { containers: containers.length, networks: networks.length, volumes: volumes.length };
};

/** Removes what any run made, one that still goes on included. Rejects with an EnvironmentError. */
export const clean = (label: string = anyRun): Promise<Removed> => removeLabelled(connectEngine(), label);
