/** `quorate clean`: removes what runs left behind. */
import type { Command } from "commander";
import { available, clean, type Removed } from "../platforms/docker/index.ts";
import { killAbandonedNodes } from "../platforms/process/index.ts";
import { removeAbandonedFolders } from "../temporary-folders.ts";
import { EnvironmentError } from "../errors.ts";
import { createOutput } from "./output.ts";

export function addClean(program: Command): void {
  program
    .command("clean")
    .summary("remove what ended or killed runs left behind")
    .description(
      "remove the containers, networks, volumes, local nodes and temporary folders that ended or killed runs left behind",
    )
    .option(
      "--all",
      "also remove what runs that still go on have in the engine and in temporary folders",
    )
    .option("--json", "one JSON document on stdout")
    .action(async (flags: { readonly all?: boolean; readonly json?: boolean }) => {
      const output = createOutput(flags.json === true);
      const processes = killAbandonedNodes();
      const folders = removeAbandonedFolders(flags.all === true);
      const here = `${processes} processes of local nodes, ${folders} temporary folders`;
      const engine = await available();
      if (!engine.ok)
        throw new EnvironmentError({
          code: "no-docker-engine",
          expected: "a Docker engine to clean",
          got: engine.reason,
          hint: `${here} were removed. What runs left in an engine is still there: start the engine and clean again`,
        });
      const cleaned = { ...(await clean({ all: flags.all === true })), processes, folders };
      const { left } = cleaned;
      output.document(cleaned);
      if (output.json) return;
      output.say(`Removed ${amounts(cleaned)}, ${here}.`);
      if (left.runs > 0)
        output.say(
          `Left alone: ${amounts(left)} of ${left.runs} ${left.runs === 1 ? "run" : "runs"} that may still go on; --all removes these too.`,
        );
    });
}

const amounts = ({ containers, networks, volumes }: Removed): string =>
  `${containers} containers, ${networks} networks, ${volumes} volumes`;
