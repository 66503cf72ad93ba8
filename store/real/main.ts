/**
 * The program of one node: `node main.cjs settings.json`. Prints its log to standard output. Exits with status 70 after
 * it has halted itself.
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

/**
 * Returns a function that gives the parts of the store: with the bug of the bundle planted, or without a bundle the
 * healthy ones.
 */
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
  // Only observes the error: Node.js still prints it and ends the process, as in any crash.
  process.on("uncaughtExceptionMonitor", (error) => host.end(`crashed: ${error.message}`));
  const { settings, changesRing = false } = config;
  createNode(host, settings, parts(host), { changesRing });
  const port = await host.listen();
  print(`${config.node} boot ${host.boot} listens for clients on ${port}`);
};

void main(process.argv[2]);
