import type { Platform } from "../platform.ts";
import { createSimCluster } from "./cluster.ts";
import { platformName } from "./name.ts";

export const simulator: Platform = {
  name: platformName,
  meaning: "the embedded simulator",
  virtualTime: true,
  usualHistories: 200,
  threads: true,
  needs: "simulator",
  howToGet: "it is part of quorate",
  missingCode: "no-simulator",
  runs: (target) => target.simulator !== undefined,
  available: async () => ({ ok: true, what: "The simulator is part of quorate" }),
  open: async (target) => createSimCluster(target),
};
