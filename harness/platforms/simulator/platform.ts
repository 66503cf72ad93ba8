import type { Platform } from "../platform.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster } from "../cluster.ts";
import { MessageCluster } from "../messages/cluster.ts";
import type { MessageTarget } from "../messages/message-target.ts";
import { createSimCluster } from "./cluster.ts";
import { SimulatedMessageWorld } from "./message-world.ts";
import { platformName } from "./name.ts";

export const simulator: Platform = {
  name: platformName,
  meaning: "the embedded simulator",
  virtualTime: true,
  usualHistories: 200,
  sideBySide: "threads",
  usualJobs: 1,
  needs: "simulator",
  howToGet: "the simulator is part of quorate",
  missingCode: "no-simulator",
  runs: (target) => target.simulator !== undefined || target.messages !== undefined,
  available: async () => ({ ok: true, what: "The simulator is part of quorate" }),
  prepare: async (target, settings) => target.messages?.setup(settings),
  open: async (target) => openSimulator(target),
};

/**
 * Opens a cluster on virtual time. Its nodes are code on simulated Hosts, or nodes that send messages through the
 * harness.
 *
 * @throws EnvironmentError for a target that has nodes of neither kind.
 */
export const openSimulator = (target: Target): Cluster =>
  runsNodePrograms(target)
    ? new MessageCluster(target, target.messages, new SimulatedMessageWorld())
    : createSimCluster(target);

/** Whether the simulator runs the target's nodes as programs that send messages through the harness. */
export const runsNodePrograms = (
  target: Target,
): target is Target & { readonly messages: MessageTarget } =>
  target.simulator === undefined && target.messages !== undefined;
