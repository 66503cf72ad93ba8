/** The folder of runs, read anew for each request; only what quorate itself writes into a run can be reached. */
import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Campaign, ListedRun } from "../../reports/index.ts";
import { lifeOf } from "../sign-of-life.ts";
import { readCampaignFile, readHuntFile, readReplayFile } from "../campaign-file.ts";

export interface Runs {
  readonly folder: string;
  list(): readonly ListedRun[];
  find(name: string): ListedRun | undefined;
  /** The path of a file that `files` of this run names; undefined for any other. */
  path(run: ListedRun, file: string): string | undefined;
  /** Whether the process of the run is alive, by what the campaign wrote down of it. */
  isRunning(run: ListedRun): boolean;
}

interface Problem {
  readonly problem: string;
}

const outer = ["report.html", "campaign.json", "summary.md", "hunt.json", "hunt.md", "replay.json"];
const inner = ["plan.json", "history.jsonl", "verdict.json"];

export function openRuns(folder: string): Runs {
  // A file is written once; it is read again when it changes.
  const campaignOf = remembered("campaign.json", readCampaignFile);
  const huntOf = remembered("hunt.json", readHuntFile);
  const replayOf = remembered("replay.json", readReplayFile);

  /** Reads such a file of a run, plain files only. */
  function remembered<Value extends object>(
    name: string,
    read: (file: string) => Value | Problem,
  ): (run: string) => Value | Problem {
    const known = new Map<string, { readonly stamp: string; readonly found: Value | Problem }>();
    return (run) => {
      const file = join(folder, run, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats !== undefined && !stats.isFile()) return { problem: `${name} is no plain file` };
      const stamp = `${stats?.mtimeMs} ${stats?.size}`;
      const cached = known.get(run);
      if (cached?.stamp === stamp) return cached.found;
      const found = read(file);
      known.set(run, { stamp, found });
      return found;
    };
  }

  function listed(name: string): ListedRun {
    if (lstatSync(join(folder, name, "hunt.json"), { throwIfNoEntry: false }) !== undefined) {
      const hunt = huntOf(name);
      return { name, campaign: undefined, ...("problem" in hunt ? hunt : { hunt }), files: [] };
    }
    // By its name too: those of earlier versions, and the ones that are still running, have no replay.json.
    if (
      /^\d{8}-\d{6}-replay(-\d+)?$/.test(name) ||
      lstatSync(join(folder, name, "replay.json"), { throwIfNoEntry: false }) !== undefined
    ) {
      const replay = replayOf(name);
      return {
        name,
        campaign: undefined,
        isReplay: true,
        ...("problem" in replay ? replay : { replay }),
        files: [],
      };
    }
    const found = campaignOf(name);
    return "problem" in found
      ? { name, campaign: undefined, problem: found.problem, files: [] }
      : { name, campaign: found satisfies Campaign, files: [] };
  }

  // Names are compared with what the folder holds and never joined to a path before: nothing outside of it has a name
  // in it.
  const names = (): readonly string[] =>
    entries(folder)
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  return {
    folder,
    list: () => names().map(listed),
    find: (name) =>
      names().includes(name) ? { ...listed(name), files: filesOf(join(folder, name)) } : undefined,
    path: (run, file) =>
      run.files.includes(file) ? join(folder, run.name, ...file.split("/")) : undefined,
    isRunning: ({ name }) => {
      const file = join(folder, name, "resume.json");
      if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
      const [, owner] = /"owner":\s*"([^"]*)"\s*\}\s*$/.exec(readFileSync(file, "utf8")) ?? [];
      return owner !== undefined && lifeOf(owner) === "alive";
    },
  };
}

/** Plain files under names that quorate gives; a symbolic link is neither a folder nor a plain file here. */
function filesOf(run: string): readonly string[] {
  const plain = (below: string, wanted: readonly string[]): readonly string[] =>
    entries(join(run, below))
      .filter((entry) => entry.isFile() && wanted.includes(entry.name))
      .map(({ name }) => (below === "" ? name : `${below}/${name}`))
      .sort();
  const folders = entries(run)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const histories = folders.includes("histories")
    ? entries(join(run, "histories"))
        .filter((entry) => entry.isDirectory() && /^\d{1,9}$/.test(entry.name))
        .map(({ name }) => Number(name))
    : [];
  return [
    ...plain("", outer),
    ...(folders.includes("shrunk") ? plain("shrunk", inner) : []),
    ...histories.sort((a, b) => a - b).flatMap((index) => plain(`histories/${index}`, inner)),
  ];
}

/** None where there is no folder, or none that may be read: the list says so by being empty. */
function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
