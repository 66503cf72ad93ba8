/** `quorate serve`: shows the folder of runs in a browser. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { serve } from "../serve/index.ts";
import { usage } from "./exit.ts";
import { createOutput } from "./output.ts";
import { onEnding } from "./signals.ts";
import { wholeNumber } from "./values.ts";

export function addServe(program: Command): void {
  program
    .command("serve [runs]")
    .description("browse the runs' folder, on this machine only, until Ctrl-C")
    .option("--port <N>", "the port to listen on; 0 for any free port", "7717")
    .option("--json", "one JSON document on stdout: the address")
    .action(
      async (
        runs: string | undefined,
        flags: { readonly port: string; readonly json?: boolean },
      ) => {
        const output = createOutput(flags.json === true);
        const port = wholeNumber("--port", flags.port, 0, 65_535);
        const folder = resolve(runs ?? "runs");
        if (!existsSync(folder) || !statSync(folder).isDirectory())
          throw usage({
            code: "no-such-folder",
            expected: "the folder where runs are kept",
            got: `${runs ?? "runs"}, which is no folder`,
            hint: "Name the folder: quorate serve DIR; quorate run makes runs/ unless --out names another",
          });
        const serving = await serve(folder, port);
        output.document({ url: serving.url, runs: folder });
        if (!output.json) output.say(`${serving.url} shows the runs in ${folder}. Ctrl-C ends it.`);
        await stopped();
        await serving.close();
      },
    );
}

const stopped = (): Promise<void> =>
  new Promise((done) => {
    onEnding(() => done());
  });
