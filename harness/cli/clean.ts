/** `quorate clean`: remove what any run left behind. */
import type { Command } from "commander";
import { available, clean } from "../docker/index.ts";
import { EnvironmentError } from "../errors.ts";
import { createOutput } from "./output.ts";

export function addClean(program: Command): void {
  program
    .command("clean")
    .description("remove containers, networks and volumes that any run left")
    .option("--json", "one JSON document on stdout")
    .action(async (flags: { readonly json?: boolean }) => {
      const output = createOutput(flags.json === true);
      const engine = await available();
      if (!engine.ok) throw new EnvironmentError({ code: "no-docker-engine", expected: "a Docker engine to clean", got: engine.reason, hint: "Without an engine there is nothing left to remove" });
      const removed = await clean();
      output.document(removed);
      if (!output.json) output.say(`Removed ${removed.containers} containers, ${removed.networks} networks, ${removed.volumes} volumes.`);
    });
}
