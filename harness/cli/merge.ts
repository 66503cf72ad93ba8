/** `quorate merge`: joins the shards of one campaign into one run. */
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type Campaign, renderJunit } from "../../reports/index.ts";
import { createRunFolder, mergeCampaigns, type Part } from "../campaign/index.ts";
import { checkFile, checkFolder, replaceFile, writeNamed } from "../files.ts";
import { exitOf, usage } from "./exit.ts";
import { tellGitHub } from "./github.ts";
import { size } from "./kept.ts";
import { notSeen, readKnown } from "./known.ts";
import { readCampaign, refuseFile, refuseStrangePath } from "./load.ts";
import { createOutput } from "./output.ts";
import { report } from "./report.ts";

interface MergeFlags {
  readonly out: string;
  readonly junit?: string;
  readonly zip?: string;
  readonly known?: string;
  readonly json?: boolean;
}

export function addMerge(program: Command): void {
  program
    .command("merge <dirs...>")
    .description("put the shards of a campaign together")
    .option("--out <DIR>", "the folder where runs are kept", "runs")
    .option("--junit <FILE>", "also write JUnit XML to this file")
    .option("--zip <FILE>", "also write the merged run's folder as a zip file")
    .option("--known <FILE>", "file of fingerprints that do not fail the campaign")
    .option("--json", "one JSON document on stdout")
    .action(async (dirs: readonly string[], flags: MergeFlags) => {
      process.exitCode = await merge(dirs, flags);
    });
}

async function merge(dirs: readonly string[], flags: MergeFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const known = flags.known === undefined ? undefined : readKnown(flags.known);
  if (flags.junit !== undefined) checkFile("--junit", flags.junit);
  if (flags.zip !== undefined) checkFile("--zip", flags.zip);
  const parts = dirs.flatMap(partsIn);
  const { campaign, copies, notes } = mergeCampaigns(parts, known);
  for (const { from, to } of copies) [from, to].forEach(refuseStrangePath);
  checkFolder("--out", flags.out);
  const folder = createRunFolder(flags.out, `${campaign.seed}`, new Date());
  for (const { part, from, to } of copies)
    if (existsSync(join(part, from)))
      cpSync(join(part, from), join(folder.path, to), { recursive: true });
  const bug = parts.map((part) => join(part.folder, "bug.js")).find((file) => existsSync(file));
  if (bug !== undefined) folder.saveBug(bug);
  const merged: Campaign = {
    ...campaign,
    replay: `npx quorate replay ${folder.path}${bug === undefined ? "" : " --trust"}`,
  };
  folder.saveCampaign(merged);
  if (flags.junit !== undefined)
    replaceFile("--junit", flags.junit, renderJunit(merged), writeNamed);
  for (const note of notes) output.say(`${note.slice(0, 1).toUpperCase()}${note.slice(1)}.`);
  for (const fingerprint of notSeen(merged)) output.say(`No longer seen: ${fingerprint}`);
  await report(folder.path, output, { merged: parts.length, notes });
  if (flags.zip !== undefined) {
    const { zipRun } = await import("../run-archive.ts");
    output.say(`${size(await zipRun(folder.path, flags.zip))} in ${flags.zip}.`);
  }
  tellGitHub(merged, output, process.env);
  return exitOf[merged.withoutKnown ?? merged.verdict];
}

/**
 * The folder itself if it is a run, else all runs at most `deepest` levels below the folder. Each shard writes into a
 * folder of runs, and CI unpacks each of these into its own folder.
 */
function partsIn(dir: string): readonly Part[] {
  refuseFile(dir);
  const found = runsBelow(dir, deepest);
  if (found.length > 0) return found.map((folder) => ({ folder, campaign: readCampaign(folder) }));
  throw usage({
    code: "no-run",
    expected: "a run's folder, or a folder of runs",
    got: `${dir}, which ${existsSync(dir) ? `has no campaign.json in it, nor in the folders up to ${deepest} levels below it` : "does not exist"}`,
    hint: "Name the folder that a shard wrote with --out",
  });
}

function runsBelow(dir: string, depth: number): readonly string[] {
  if (existsSync(join(dir, "campaign.json"))) return [dir];
  if (depth === 0 || !existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => runsBelow(join(dir, name), depth - 1));
}

const deepest = 4;
