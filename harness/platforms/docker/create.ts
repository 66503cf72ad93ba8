/** Creates a cluster in containers, from the image to idle machines. */
import { randomBytes } from "node:crypto";
import { EnvironmentError } from "../../errors.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster } from "../cluster.ts";
import { removeRun } from "./clean.ts";
import { DockerCluster } from "./cluster.ts";
import { type Ends, watchEnds } from "./ends.ts";
import { ofRun } from "./labels.ts";
import { ensureImage, ensureProcessImage } from "./image.ts";
import { createNetworks } from "./networks.ts";
import { openVolumes } from "./volumes.ts";

/** Options of a cluster in containers. */
export interface DockerClusterOptions {
  /** The number of machines to create with the cluster. start() creates more if its settings need them. Default: 5. */
  readonly nodes?: number;
  /** The run's id in all names: 8 hexadecimal digits, unique among concurrent runs. Absent: drawn at random. */
  readonly run?: string;
  /** Prints a line about a slow step, such as building an image. */
  readonly say?: (line: string) => void;
}

/**
 * Creates a cluster in containers: gets or builds the images if needed, and creates networks and machines.
 *
 * @param target A target that can run in containers.
 * @returns The cluster. `stop()` removes everything that it created except images.
 * @throws EnvironmentError if the target does not run in containers, or the engine or this host lacks what the cluster
 * needs. Before that, everything created so far except images is removed, if the engine allows it.
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
      got: `${target.name}, which does not say how its nodes run in containers`,
      hint: "Choose another platform with --on.",
    });
  const { connectEngine } = await import("./connect-engine.ts");
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
    // If the removal fails too, only the first error is reported.
    await removeRun(engine, run).catch(() => {});
    throw error;
  }
};
