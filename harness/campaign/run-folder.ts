/**
 * The folder of a run. It has a file for the result of each stage, so that each stage can be repeated from the file
 * before it.
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { HistoryEvent, Verdict } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import type { Campaign } from "../../reports/index.ts";
import { makeFolder, writeWhole } from "../files.ts";
import { historyLine, writeHistory } from "../history-file.ts";
import { isOfSmallestCase } from "../campaign-file.ts";
import type { Attempt } from "./attempt.ts";

export interface RunFolder {
  readonly path: string;
  /**
   * Opens a history's folder before the history runs. Writes the plan at once. The returned function appends an event
   * to history.jsonl.
   */
  open(name: string, plan: Plan): (event: HistoryEvent) => void;
  /** Writes all files of a finished history. */
  save(name: string, attempted: Attempt): Promise<void>;
  /** Saves the bundle of the user's bug file. That file may change later or be missing on another machine. */
  saveBug(bundle: string): void;
  saveCampaign(campaign: Campaign): void;
  saveText(name: string, text: string): string;
  remove(name: string): void;
}

/**
 * Creates the folder `<out>/<time>-<label>`. If this folder exists, for example from a run in the same second, the new
 * folder's name gets a number.
 */
export function createRunFolder(out: string, label: string, now: Date): RunFolder {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return openRunFolder(makeUnused(join(out, `${stamp}-${label}`)));
}

/** Opens a run's folder that exists already. */
export function openRunFolder(path: string): RunFolder {
  const folder = (name: string): string => {
    const inner = join(path, name);
    mkdirSync(inner, { recursive: true });
    return inner;
  };
  return {
    path,
    open(name, plan) {
      const inner = folder(name);
      writeJson(join(inner, "plan.json"), plan);
      const file = join(inner, "history.jsonl");
      writeFileSync(file, "");
      return (event) => appendFileSync(file, `${historyLine(event)}\n`);
    },
    async save(name, attempted) {
      const inner = folder(name);
      writeJson(join(inner, "plan.json"), attempted.plan);
      await writeHistory(join(inner, "history.jsonl"), attempted.events);
      writeJson(join(inner, "verdict.json"), attempted.verdict satisfies Verdict);
      for (const [node, text] of attempted.logs)
        writeFileSync(join(folder(join(name, "logs")), `${node}.log`), text);
    },
    saveBug: (bundle) => copyFileSync(bundle, join(path, bugName)),
    saveCampaign: (campaign) => writeJson(join(path, "campaign.json"), campaign),
    saveText(name, text) {
      const file = join(path, name);
      writeWhole(file, text);
      return file;
    },
    remove: (name) => rmSync(join(path, name), { force: true, recursive: true }),
  };
}

const bugName = "bug.js";

/**
 * The bundle of the planted bug that the run kept for the history or plan in this folder. Undefined if the run kept
 * none.
 */
export function keptBug(historyFolder: string): string | undefined {
  const folder = resolve(historyFolder);
  const above = dirname(folder);
  const ofRun =
    basename(above) === "histories"
      ? dirname(above)
      : isOfSmallestCase(basename(folder))
        ? above
        : folder;
  return [folder, ofRun].map((place) => join(place, bugName)).find((file) => existsSync(file));
}

function makeUnused(wanted: string): string {
  makeFolder("--out", dirname(wanted));
  for (let suffix = 1; ; suffix++) {
    const path = suffix === 1 ? wanted : `${wanted}-${suffix}`;
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

const writeJson = (file: string, value: unknown): void =>
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
