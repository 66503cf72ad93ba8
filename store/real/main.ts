/**
 * The program of one node: `node main.cjs settings.json`. Prints its log on stdout. Exit status 70 when it halts
 * itself.
 */
import { pathToFileURL } from "node:url";
import { createNode } from "../node.ts";
import type { Host } from "../host.ts";
import { healthyParts, type Parts } from "../parts.ts";
import { type Plant, plantOn } from "../planted.ts";
import { readConfig } from "./config.ts";
import { openRealHost } from "./host.ts";

const haltedStatus = 70;

const print = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};

/** A planted bug replaces parts of the store in the same program. */
const partsOf = async (bundle: string | null): Promise<(host: Host) => Parts> => {
  if (bundle === null) return () => healthyParts;
  const { default: plant } = (await import(pathToFileURL(bundle).href)) as {
    readonly default?: unknown;
  };
  if (typeof plant === "function") return (host) => plantOn(plant as Plant, host);
  throw new Error(
    `not-a-bug-bundle: expected a module whose default export is a function of the healthy parts; got ${typeof plant} in ${bundle}`,
  );
};

const main = async (settingsPath: string | undefined): Promise<void> => {
  if (settingsPath === undefined)
    throw new Error(
      "settings-missing: expected the path of a settings file as the one argument; got none",
    );
  const config = readConfig(settingsPath);
  const parts = await partsOf(config.bugBundle);
  const host = openRealHost(config, { print, halted: () => process.exit(haltedStatus) });
  process.on("SIGTERM", () => {
    host.end("SIGTERM");
    process.exit(0);
  });
  // Only observes: Node still prints the error and exits, as after a crash.
  process.on("uncaughtExceptionMonitor", (error) => host.end(`crashed: ${error.message}`));
  const { settings, changesRing = false } = config;
  createNode(host, settings, parts(host), { changesRing });
  const port = await host.listen();
  print(`${config.node} boot ${host.boot} listens for clients on ${port}`);
};

void main(process.argv[2]);
