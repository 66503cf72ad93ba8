/** Makes a cluster in containers, from the image to machines that wait. */
import { randomBytes } from "node:crypto";
import { EnvironmentError } from "../../errors.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster } from "../cluster.ts";
import { removeRun } from "./clean.ts";
import { DockerCluster } from "./cluster.ts";
import { connectEngine } from "./connect-engine.ts";
import { type Ends, watchEnds } from "./ends.ts";
import { ofRun } from "./labels.ts";
import { ensureImage, ensureProcessImage } from "./image.ts";
import { createNetworks } from "./networks.ts";
import { openVolumes } from "./volumes.ts";

/** How many machines a cluster in containers begins with, and who hears of it. */
export interface DockerClusterOptions {
  /** How many machines to make ready at once; start() makes more when its settings ask for more. */
  readonly nodes?: number;
  /** Names the run in everything made: 8 hexadecimal digits, different for each run at one time. Drawn when absent. */
  readonly run?: string;
  /** Hears, a line each, of what takes long. */
  readonly say?: (line: string) => void;
}

/**
 * Makes a cluster in containers: builds the image if it must, makes networks and machines.
 *
 * @param target A target that says how its nodes run in containers.
 * @returns The cluster. `stop()` removes all that it made.
 * @throws EnvironmentError if no Docker engine answers or the cluster cannot be made; nothing is left behind.
 */
export const createDockerCluster = async (
  target: Target,
  { nodes = 5, run = randomBytes(4).toString("hex"), say = () => {} }: DockerClusterOptions = {},
): Promise<Cluster> => {
  const { containers } = target;
  if (containers === undefined)
    throw new EnvironmentError({
      code: "no-containers",
      expected: "a target that runs in containers",
      got: `${target.name}, which says nothing of an image`,
      hint: "Run it where it can run, with --on.",
    });
  const engine = connectEngine();
  const image = await ensureImage(engine, say);
  const processImage = await ensureProcessImage(engine, containers.image, image, say);
  let ends: Ends | undefined;
  try {
    ends = await watchEnds(engine, ofRun(run));
    const networks = await createNetworks(engine, run);
    const volumes = await openVolumes(run, containers.diskMiB);
    const cluster = new DockerCluster(engine, {
      run,
      target,
      containers,
      volumes,
      image,
      processImage,
      engineVersion: await engine.version(),
      networks,
      ends,
      say,
    });
    await cluster.makeMachines(nodes);
    await cluster.findLimits();
    return cluster;
  } catch (error) {
    ends?.close();
    // What went wrong first is told.
    await removeRun(engine, run).catch(() => {});
    throw error;
  }
};
