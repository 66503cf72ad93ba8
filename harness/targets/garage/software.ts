/**
 * Garage's binary. It is built once from crates.io, with few optimizations: this takes 17 minutes of processor time
 * instead of an hour.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  folderName,
  getSoftware,
  type Making,
  type Recipe,
  softwareRoot,
} from "../software/software.ts";
import { atMostEvery, runTool } from "../software/tool.ts";

export const defaultVersion = "2.5.0";

const features = "bundled-libs,sqlite,lmdb,k2v";
const profile = {
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};
/** The number of crates in Garage 2.5.0, for the progress line. Other versions may have more or fewer. */
const crates = 290;
const progressEveryMs = 20_000;

/** The recipe for building this version of Garage. */
export const garageRecipe = (version: string): Recipe => {
  const words = ["install", "garage", "--version", version, "--locked", "--no-default-features"];
  const recipe: Recipe = {
    name: "garage",
    version,
    dependsOn: [...words, features, JSON.stringify(profile)],
    build: async (folder, { say, signal }) => {
      say(
        `building Garage ${version} from crates.io, once: about ${crates} crates, 17 minutes of a processor`,
      );
      // Cargo continues after a killed build, so its intermediate files are kept until the build is done.
      const work = join(softwareRoot(), `${folderName(recipe)}.cargo`);
      await mkdir(work, { recursive: true });
      const startedMs = performance.now();
      let compiled = 0;
      const progress = atMostEvery(progressEveryMs, () => {
        const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
        say(`garage ${version}: ${compiled} of about ${crates} crates, ${minutes} min`);
      });
      await runTool("nice", ["cargo", ...words, "--features", features, "--root", folder], {
        package: "cargo (or rustup)",
        environment: { ...profile, CARGO_TARGET_DIR: work },
        signal,
        onLine: (line) => {
          if (/^\s*Compiling /.test(line)) compiled += 1;
          progress();
        },
      });
      await rename(join(folder, "bin/garage"), join(folder, "garage"));
      for (const name of ["bin", ".crates.toml", ".crates2.json"])
        await rm(join(folder, name), { recursive: true, force: true });
      await rm(work, { recursive: true, force: true });
    },
  };
  return recipe;
};

/** Returns the binary's path. Builds the binary if it is missing. */
export const getGarage = async (version: string, making: Making): Promise<string> =>
  join(await getSoftware(garageRecipe(version), making), "garage");
