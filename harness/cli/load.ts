/** Reads what runs left: plans, histories, verdicts, campaigns; from a run's folder, a history's, a file or a token. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type HistoryEvent, judge, type Verdict } from "../../checkers/index.ts";
import { fromToken, parsePlan, type Plan } from "../../generators/index.ts";
import type { Campaign } from "../../reports/index.ts";
import { usage } from "./exit.ts";
import { readHistory } from "./read-history.ts";

export interface Loaded {
  readonly plan: Plan;
  /** Where it ran, as its history says; undefined for a bare plan or token. */
  readonly on?: "sim" | "docker";
  /** The history's hash, where the campaign noted it. */
  readonly history?: readonly HistoryEvent[];
  readonly verdict?: Verdict;
}

export const tokenStart = "sim:v1:";

/** The target of a replay. A run's folder stands for its smallest failing history, else its first one kept. */
export async function loadTarget(target: string): Promise<Loaded> {
  if (target.startsWith(tokenStart)) return { plan: fromToken(target), on: "sim" };
  if (!existsSync(target)) throw usage({ code: "no-such-target", expected: "a run's folder, a history's folder, a plan.json or a sim:v1: token", got: `${target}, which does not exist`, hint: "Runs are in the folder runs/ unless --out said otherwise" });
  if (!statSync(target).isDirectory()) return { plan: readPlan(target) };
  return loadHistoryFolder(historyFolderOf(target));
}

/** A history's folder itself, or the one that a run's folder stands for. */
export function historyFolderOf(folder: string): string {
  if (existsSync(join(folder, "plan.json"))) return folder;
  const campaign = existsSync(join(folder, "campaign.json")) ? readCampaign(folder) : null;
  const kept = campaign?.histories.filter((row) => row.folder !== undefined) ?? [];
  const chosen = campaign?.shrunk?.folder ?? kept.find((row) => row.verdict === "invalid")?.folder ?? kept.find((row) => row.verdict === "unknown")?.folder ?? kept[0]?.folder;
  if (chosen !== undefined && existsSync(join(folder, chosen, "plan.json"))) return join(folder, chosen);
  throw usage({ code: "nothing-to-replay", expected: "a folder that holds plan.json, or campaign.json and histories", got: folder, hint: "Name a history's folder, or a plan.json" });
}

export async function loadHistoryFolder(folder: string): Promise<Loaded> {
  const plan = readPlan(join(folder, "plan.json"));
  const file = join(folder, "history.jsonl");
  if (!existsSync(file)) return { plan };
  const history = await readHistory(file);
  const first = history[0];
  const on = first?.e === "run" && (first.on === "sim" || first.on === "docker") ? first.on : undefined;
  return { plan, history, verdict: judge(history), ...(on === undefined ? {} : { on }) };
}

function readPlan(file: string): Plan {
  return parsePlan(readJson(file));
}

export function readCampaign(folder: string): Campaign {
  const value = readJson(join(folder, "campaign.json"));
  if (typeof value === "object" && value !== null && "format" in value && value.format === "quorate-campaign/1") return value as Campaign;
  throw usage({ code: "bad-campaign", expected: 'campaign.json with "format": "quorate-campaign/1"', got: folder, hint: "It was written by another version, or is no run's folder" });
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw usage({ code: "unreadable", expected: "a readable file", got: `${file}: ${error instanceof Error ? error.message : String(error)}`, hint: "Check the path" });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usage({ code: "bad-json", expected: "one JSON document", got: `${file}: ${error instanceof Error ? error.message : String(error)}`, hint: "The file was cut off or edited" });
  }
}
