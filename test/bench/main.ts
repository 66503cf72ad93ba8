/**
 * `npm run bench` measures the speed of all parts, and for some of them, in the same run, what the machine allows. `npm
 * run bench -- PART…` measures only some parts. All parts together take some minutes.
 */
import { benchCampaign } from "./campaign.ts";
import { benchCheck } from "./check.ts";
import { benchCheckers } from "./checkers.ts";
import { benchFile, benchParse, judgeAlone } from "./parse.ts";
import { benchSimulator } from "./simulator.ts";
import { serveEcho } from "./store/echo.ts";
import { benchLog } from "./store/log.ts";
import { benchStore } from "./store/store.ts";

const program = process.argv[1] ?? "";

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  simulator: benchSimulator,
  campaign: benchCampaign,
  checkers: benchCheckers,
  parse: () => {
    benchParse();
    benchFile(program);
  },
  check: () => benchCheck(program),
  store: () => benchStore(program),
  log: benchLog,
};

async function main(asked: readonly string[]): Promise<void> {
  // Some parts start this program in separate processes with these names.
  if (asked[0] === "echo") return serveEcho();
  if (asked[0] === "judge") return judgeAlone(asked[1] ?? "");
  const unknown = asked.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    console.error(`there is no part ${unknown}: there are ${Object.keys(parts).join(", ")}`);
    process.exitCode = 64;
    return;
  }
  for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
    const started = performance.now();
    await parts[name]?.();
    console.log(`(${name}: ${((performance.now() - started) / 1000).toFixed(0)} s)\n`);
  }
}

await main(process.argv.slice(2));
