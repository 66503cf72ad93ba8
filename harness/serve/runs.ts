/**
 * Lists the runs in a folder, which is read again for each request. Only files that quorate writes into a run can be
 * reached.
 */
import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Campaign, ListedRun } from "../../reports/index.ts";
import { lifeOf } from "../sign-of-life.ts";
import {
  isOfSmallestCase,
  readCampaignFile,
  readHuntFile,
  readReplayFile,
} from "../campaign-file.ts";

export interface Runs {
  readonly folder: string;
  list(): readonly ListedRun[];
  find(name: string): ListedRun | undefined;
  /** Returns the path of a file that the `files` of this run list. Returns undefined for any other name. */
  path(run: ListedRun, file: string): string | undefined;
  /** Whether the process of the run is alive, according to what the campaign recorded. */
  isRunning(run: ListedRun): boolean;
}

interface Problem {
  readonly problem: string;
}

const outer = ["report.html", "campaign.json", "summary.md", "hunt.json", "hunt.md", "replay.json"];
const inner = ["plan.json", "history.jsonl", "verdict.json"];

export function openRuns(folder: string): Runs {
  // Each of these functions caches a file's content until the file changes.
  const campaignOf = remembered("campaign.json", readCampaignFile);
  const huntOf = remembered("hunt.json", readHuntFile);
  const replayOf = remembered("replay.json", readReplayFile);

  /** Returns a function that reads a plain file of a run, and reads it again only after it has changed. */
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
    // Replays are also recognised by the folder's name, since running replays and those of earlier versions have no
    // replay.json.
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

  // Compares names with the folder's entries and joins only known ones to a path, so nothing outside of the folder can
  // be reached.
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

/** Returns the plain files of a run whose names quorate uses. Leaves out symbolic links. */
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
    ...folders.filter(isOfSmallestCase).flatMap((name) => plain(name, inner)),
    ...histories.sort((a, b) => a - b).flatMap((index) => plain(`histories/${index}`, inner)),
  ];
}

/** Returns the entries of a folder. The result is empty if the folder is missing or unreadable. */
function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
