/** Makes a cluster in containers, from the image to machines that wait. */
import { randomBytes } from "node:crypto";
import { EnvironmentError } from "../../errors.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster } from "../cluster.ts";
import { removeRun } from "./clean.ts";
import { DockerCluster } from "./cluster.ts";
import { connectEngine } from "./connect-engine.ts";
import { ensureImage, ensureProcessImage } from "./image.ts";
import { createNetworks } from "./networks.ts";
import { openVolumes } from "./volumes.ts";

export interface DockerClusterOptions {
  /** How many machines to make ready at once; start() makes more when its settings ask for more. */
  readonly nodes?: number;
  /** Names the run in everything made: 8 hexadecimal digits, different for each run at one time. Drawn when absent. */
  readonly run?: string;
  /** Hears, a line each, of what takes long. */
  readonly say?: (line: string) => void;
}

/** Builds the image if it must, makes networks and machines. Rejects with an EnvironmentError, leaving nothing behind. */
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
  try {
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
      say,
    });
    await cluster.makeMachines(nodes);
    await cluster.findLimits();
    return cluster;
  } catch (error) {
    // What went wrong first is told.
    await removeRun(engine, run).catch(() => {});
    throw error;
  }
};
