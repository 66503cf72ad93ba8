import type { Platform } from "../platform.ts";
import { available } from "./available.ts";
import { ownLeavings } from "./clean.ts";
import { createDockerCluster } from "./create.ts";
import { platformName } from "./name.ts";

export const docker: Platform = {
  name: platformName,
  meaning: "containers",
  virtualTime: false,
  usualHistories: 5,
  sideBySide: null,
  usualJobs: 1,
  needs: "Docker engine",
  howToGet:
    "to test in containers, install a Docker engine (Debian: apt-get install docker.io iptables iproute2 libfaketime) and start dockerd",
  missingCode: "no-docker-engine",
  runs: (target) => target.containers !== undefined,
  async available() {
    const engine = await available();
    return engine.ok ? { ok: true, what: `${engine.version} answered` } : engine;
  },
  leavings: ownLeavings,
  prepare: async () => {},
  open: (target, { nodes, say } = {}) =>
    createDockerCluster(target, {
      ...(nodes === undefined ? {} : { nodes }),
      ...(say === undefined ? {} : { say }),
    }),
};
