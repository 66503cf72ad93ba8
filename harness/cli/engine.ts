/** Where a command runs: on containers where an engine answers, else in the simulator, said in one line. */
import type { Cluster } from "../platforms/cluster.ts";
import { available, createDockerCluster } from "../platforms/docker/index.ts";
import { EnvironmentError } from "../errors.ts";
import { createSimCluster } from "../platforms/simulator/index.ts";

const howToGetOne =
  "to test in containers, install one (Debian: apt-get install docker.io iptables iproute2 libfaketime) and start dockerd";

/** Decides; throws EnvironmentError when containers were asked for, or CI expects them, and no engine answers. */
export async function chooseEngine(
  asked: "docker" | "sim" | undefined,
  ci: boolean,
  say: (line: string) => void,
): Promise<"docker" | "sim"> {
  if (asked === "sim") return "sim";
  const engine = await available();
  if (engine.ok) {
    if (asked === undefined)
      say(`Docker engine ${engine.version} answered: running on containers.`);
    return "docker";
  }
  if (asked === "docker" || ci)
    throw new EnvironmentError({
      code: "no-docker-engine",
      expected: "a Docker engine",
      got: engine.reason,
      hint: `Start one, or say --on sim; ${howToGetOne}.`,
    });
  say(
    `No Docker engine answered (${engine.reason}): running on the embedded simulator; ${howToGetOne}.`,
  );
  return "sim";
}

/** What became of the work, once the clusters are stopped. If that fails too, what went wrong first is told. */
export async function stopping<T>(work: Promise<T>, clusters: () => Iterable<Cluster>): Promise<T> {
  const stop = async (): Promise<void> => {
    for (const cluster of clusters()) await cluster.stop();
  };
  const done = await work.catch(async (error: unknown) => {
    await stop().catch(() => {});
    throw error;
  });
  await stop();
  return done;
}

export async function openCluster(
  on: "docker" | "sim",
  nodes: number,
  say: (line: string) => void,
): Promise<Cluster> {
  return on === "sim" ? createSimCluster() : createDockerCluster({ nodes, say });
}
