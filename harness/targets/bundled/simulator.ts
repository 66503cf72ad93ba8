/** The bundled store in the simulator. */
import { pathToFileURL } from "node:url";
import {
  createNode,
  describeFrame,
  describeRecord,
  healthyParts,
  type LogRecord,
  type Message,
  nodeNames,
  type Plant,
  plantOn,
  validate,
} from "../../../store/index.ts";
import { EnvironmentError, UnjudgedError } from "../../errors.ts";
import type { Protocol, SimulatedTarget } from "../../platforms/simulator/index.ts";
import { storeSettings } from "./plans/index.ts";
import { hashRecords, lastValueBytes, recordBytes, tornRecord } from "./record-bytes.ts";
import { askForChange } from "./change.ts";
import { inspectNode, openSession } from "./sessions.ts";

export const protocol: Protocol<Message, LogRecord> = {
  validate,
  describeFrame,
  describeRecord,
  recordBytes,
  lastValueBytes,
  tornRecord,
  hashRecords,
};

export const simulator: SimulatedTarget<Message, LogRecord> = {
  protocol,
  nodes: (settings) => nodeNames(storeSettings(settings)),
  async program(settings, bugBundle, changesRing = false) {
    const plant = await plantOf(bugBundle);
    return {
      boot: (host) =>
        createNode(
          host,
          storeSettings(settings),
          plant === null ? healthyParts : plantOn(plant, host),
          { changesRing },
        ),
    };
  },
  clients: (network, settings) => ({
    meshed: true,
    ready: (node, done) =>
      void inspectNode(network, { client: "readiness", retryMs: 10 }, node, done),
    session: (client, node) => openSession(network, storeSettings(settings), client, node),
    change: (name, change, done) => askForChange(network, name, change, done),
    inspect: (node, done) => inspectNode(network, { client: "inspector", retryMs: 20 }, node, done),
  }),
};

/**
 * Loads a bug's bundle, whose default export replaces parts of the healthy store. Returns null if there is no bundle.
 */
async function plantOf(bugBundle: string | undefined): Promise<Plant | null> {
  if (bugBundle === undefined) return null;
  const bundle = (await import(pathToFileURL(bugBundle).href)) as { default?: unknown };
  if (typeof bundle.default === "function") {
    const plant = bundle.default as Plant;
    try {
      plant(healthyParts, "n1");
    } catch (error) {
      throw new UnjudgedError({
        code: "bug-threw",
        expected: "a planted bug that can be planted again for each boot",
        got: error instanceof Error ? error.message : String(error),
        hint: "Throw in a planted part, not in the function that returns the planted parts",
      });
    }
    return plant;
  }
  throw new EnvironmentError({
    code: "not-a-bug-bundle",
    expected: "a module whose default export is a function of the healthy parts",
    got: `${typeof bundle.default} in ${bugBundle}`,
    hint: "Export the planted bug as default.",
  });
}
