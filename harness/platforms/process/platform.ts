import { availableParallelism } from "node:os";
import { EnvironmentError } from "../../errors.ts";
import type { Target } from "../../targets/target.ts";
import { MessageCluster } from "../messages/cluster.ts";
import type { Platform } from "../platform.ts";
import { platformName } from "./name.ts";
import { ProcessWorld } from "./world.ts";

export const processes: Platform = {
  name: platformName,
  meaning: "local processes, with the harness as their network",
  virtualTime: false,
  usualHistories: 20,
  sideBySide: "clusters",
  // Up to 8 histories run at once, two for each processor, since they spend most of their time waiting.
  usualJobs: Math.min(8, 2 * availableParallelism()),
  needs: "local process",
  howToGet: "local processes need nothing but this machine",
  missingCode: "no-processes",
  runs: (target) => target.messages !== undefined,
  available: async () => ({ ok: true, what: "Processes of this machine" }),
  prepare: async (target, settings) => target.messages?.program(settings),
  open: async (target) => createProcessCluster(target),
};

/**
 * Creates a cluster of local processes that exchange messages on standard input and output. No process runs before
 * `start`.
 *
 * @param target A target whose nodes send messages, such as `maelstrom`.
 * @throws EnvironmentError for any other target.
 */
export function createProcessCluster(target: Target): MessageCluster {
  if (target.messages !== undefined)
    return new MessageCluster(target, target.messages, new ProcessWorld());
  throw new EnvironmentError({
    code: "no-messages",
    expected: "a target whose nodes send messages through the harness",
    got: `${target.name}, whose nodes send no messages through the harness`,
    hint: "Choose another platform with --on.",
  });
}
