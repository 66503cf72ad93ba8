/** Where a command runs: on containers where an engine answers, else in the simulator, said in one line. */
import type { Cluster } from "../cluster.ts";
import { available, createDockerCluster } from "../docker/index.ts";
import { EnvironmentError } from "../errors.ts";
import { createSimCluster } from "../sim/index.ts";

const howToGetOne = "to test in containers, install one (Debian: apt-get install docker.io iptables iproute2 libfaketime) and start dockerd";

/** Decides; throws EnvironmentError when containers were asked for, or CI expects them, and no engine answers. */
export async function chooseEngine(asked: "docker" | "sim" | undefined, ci: boolean, say: (line: string) => void): Promise<"docker" | "sim"> {
  if (asked === "sim") return "sim";
  const engine = await available();
  if (engine.ok) {
    if (asked === undefined) say(`Docker engine ${engine.version} answered: running on containers.`);
    return "docker";
  }
  if (asked === "docker" || ci)
    throw new EnvironmentError({ code: "no-docker-engine", expected: "a Docker engine", got: engine.reason, hint: `Start one, or say --on sim; ${howToGetOne}.` });
  say(`No Docker engine answered (${engine.reason}): running on the embedded simulator; ${howToGetOne}.`);
  return "sim";
}

export async function openCluster(on: "docker" | "sim", nodes: number, say: (line: string) => void): Promise<Cluster> {
  return on === "sim" ? createSimCluster() : createDockerCluster({ nodes, say });
}
