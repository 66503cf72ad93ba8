/** `quorate clean`: remove what runs left behind. */
import type { Command } from "commander";
import { available, clean, type Removed } from "../platforms/docker/index.ts";
import { removeBugFolders } from "../bug-folders.ts";
import { EnvironmentError } from "../errors.ts";
import { createOutput } from "./output.ts";

export function addClean(program: Command): void {
  program
    .command("clean")
    .summary("remove what runs left in Docker whose process is gone")
    .description(
      "remove containers, networks, volumes and bundles of bugs that runs left whose process is gone",
    )
    .option("--all", "remove those of runs that still go on too, in whatever process")
    .option("--json", "one JSON document on stdout")
    .action(async (flags: { readonly all?: boolean; readonly json?: boolean }) => {
      const output = createOutput(flags.json === true);
      const bundles = removeBugFolders(flags.all === true);
      const engine = await available();
      if (!engine.ok)
        throw new EnvironmentError({
          code: "no-docker-engine",
          expected: "a Docker engine to clean",
          got: engine.reason,
          hint: `${bundles} bundles of bugs were removed. What runs left in an engine is still there: start the engine and clean again`,
        });
      const cleaned = { ...(await clean({ all: flags.all === true })), bundles };
      const { left } = cleaned;
      output.document(cleaned);
      if (output.json) return;
      output.say(`Removed ${amounts(cleaned)}, ${bundles} bundles of bugs.`);
      if (left.runs > 0)
        output.say(
          `Left alone: ${amounts(left)} of ${left.runs} ${left.runs === 1 ? "run" : "runs"} that may still go on; --all removes them too.`,
        );
    });
}

const amounts = ({ containers, networks, volumes }: Removed): string =>
  `${containers} containers, ${networks} networks, ${volumes} volumes`;
