/** Loads plans, histories, verdicts and campaigns from a run's folder, a history's folder, a file or a token. */
import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { HistoryError, type HistoryEvent, judge, type Verdict } from "../../checkers/index.ts";
import {
  isToken,
  type Kinds,
  type Language,
  parsePlan,
  type Plan,
  planTarget,
  readToken,
  type TargetName,
} from "../../generators/index.ts";
import type { Campaign } from "../../reports/index.ts";
import { isStrange } from "../bug-bundle.ts";
import { isOfTheMachine } from "../errors.ts";
import { keptBug } from "../campaign/index.ts";
import { parseCampaign } from "../campaign-file.ts";
import { readText } from "../files.ts";
import { version } from "../version.ts";
import { usage } from "./exit.ts";
import { readHistory } from "./read-history.ts";
import { isOfFormerFormat, whereItRan } from "./where.ts";

/** Finds the target and the kinds of fault that a plan needs. Rejects with a UsageError if they are not available. */
export type FindLanguage = (target: TargetName, plan: unknown) => Promise<Language>;

export interface Loaded {
  readonly plan: Plan;
  /** The platform that the files beside the plan name. Undefined if no file names one. */
  readonly on?: string;
  /** The bundle of the plan's bug, if the run kept the bundle. */
  readonly bug?: string;
  /** If a preferred history is missing: a sentence that says which history is used instead. */
  readonly instead?: string;
  readonly history?: readonly HistoryEvent[];
  readonly verdict?: Verdict;
  /**
   * True: a replay compares verdicts and not hashes, since an earlier version of quorate wrote the history, or since
   * the plan's program has another path now.
   */
  readonly isFormer?: boolean;
}

/**
 * Loads what to replay. For a run's folder, this is its smallest failing history, else its original failing history,
 * else the first kept history: an invalid one before an unknown one, and this before a valid one.
 */
export async function loadReplayed(target: string, find: FindLanguage): Promise<Loaded> {
  if (isToken(target)) return { plan: await planFrom(readToken(target), find) };
  const expected = "a run's folder or zip, a history's folder, a plan.json or a token";
  if (!existsSync(target))
    throw usage({
      code: "no-such-target",
      expected,
      got: `${target}, which does not exist`,
      hint: "Runs are in the folder runs/ unless --out named another",
    });
  if (statSync(target).isDirectory()) {
    refuseLinks(target);
    const { folder, missing } = historyFolderOf(target);
    return {
      ...(await loadHistoryFolder(folder, find)),
      ...(missing.length === 0
        ? {}
        : { instead: `${missing.join(" and ")} is missing: taking ${folder} instead.` }),
    };
  }
  if (target.endsWith(".jsonl"))
    throw usage({
      code: "not-a-plan",
      expected,
      got: `${target}, a history`,
      hint: `Name the history's folder (${dirname(target)}) to run its plan again; quorate check judges the history`,
    });
  const plan = await readPlan(target, find);
  return { plan, ...bugOf(plan, dirname(target)), ...placeOf(dirname(target)) };
}

/**
 * The folder of a history: `folder` itself if it is one, or else the smallest failing history of the run in `folder`, or
 * else another history of that run. `missing` names the plans of better histories whose files do not exist.
 */
export function historyFolderOf(folder: string): {
  readonly folder: string;
  readonly missing: readonly string[];
} {
  if (existsSync(join(folder, "plan.json"))) return { folder, missing: [] };
  const campaign = existsSync(join(folder, "campaign.json")) ? readCampaign(folder) : null;
  const kept = campaign?.histories.filter((row) => row.folder !== undefined) ?? [];
  const inOrder = [
    campaign?.shrunk?.folder,
    ...(campaign?.verdict === "invalid" ? (campaign.shown ?? []).map((shown) => shown.folder) : []),
    ...(["invalid", "unknown", "valid"] as const).flatMap((verdict) =>
      kept.filter((row) => row.verdict === verdict).map((row) => row.folder),
    ),
  ];
  const missing: string[] = [];
  for (const name of new Set(inOrder)) {
    if (name === undefined) continue;
    if (existsSync(join(folder, name, "plan.json"))) return { folder: join(folder, name), missing };
    missing.push(join(folder, name, "plan.json"));
  }
  const got =
    missing.length > 0
      ? `no ${missing.join(", no ")}`
      : `${folder}, which has ${campaign === null ? "no plan.json and no campaign.json" : "a campaign.json, but kept no history"}`;
  throw usage({
    code: "nothing-to-replay",
    expected: "a folder that holds plan.json, or campaign.json and histories",
    got,
    hint: "Name a history's folder, or a plan.json",
  });
}

/**
 * Loads the plan of a history's folder, and judges the history if the folder has one. Throws UsageError with the file's
 * name if a file cannot be read or the history is incomplete, and PlanError for a wrong plan.
 */
export async function loadHistoryFolder(folder: string, find: FindLanguage): Promise<Loaded> {
  const { plan, checkers } = await readJudged(join(folder, "plan.json"), find);
  const file = join(folder, "history.jsonl");
  const beside = { ...bugOf(plan, folder), ...placeOf(folder) };
  if (!existsSync(file)) return { plan, ...beside };
  const history = await readWhole(file);
  const verdict = judge(history, { checkers });
  return { plan, history, verdict, isFormer: isOfFormerFormat(file), ...beside };
}

async function readWhole(file: string): Promise<readonly HistoryEvent[]> {
  try {
    return await readHistory(file);
  } catch (error) {
    if (!(error instanceof HistoryError))
      throw isOfTheMachine(error) ? unreadable(file, error) : error;
    throw usage({
      code: "bad-history",
      expected: "a whole history",
      got: `${file}: ${error.message}`,
      hint: "To replay only the plan, name its plan.json",
    });
  }
}

function bugOf({ bug }: Plan, folder: string): Pick<Loaded, "bug"> {
  const kept = bug !== undefined && isStrange(bug) ? keptBug(folder) : undefined;
  return kept === undefined ? {} : { bug: kept };
}

function placeOf(folder: string): Pick<Loaded, "on"> {
  const on = whereItRan(folder);
  return on === undefined ? {} : { on };
}

const readPlan = async (file: string, find: FindLanguage): Promise<Plan> =>
  (await readJudged(file, find)).plan;

const readJudged = (file: string, find: FindLanguage): Promise<Judged> =>
  judgedFrom(readJson(file), find);

/** A plan, and the checkers of its configuration. */
interface Judged {
  readonly plan: Plan;
  readonly checkers: Kinds["checkers"];
}

async function planFrom(input: unknown, find: FindLanguage): Promise<Plan> {
  return (await judgedFrom(input, find)).plan;
}

/**
 * Parses a plan. A plan that names no target is parsed as a plan of the bundled store, whose parser says what is
 * missing.
 */
async function judgedFrom(input: unknown, find: FindLanguage): Promise<Judged> {
  const { target, kinds } = await find(planTarget(input) ?? { name: "bundled", version }, input);
  return { plan: parsePlan(input, target, kinds), checkers: kinds?.checkers ?? [] };
}

/**
 * Reads the campaign.json of a run's folder.
 *
 * @throws UsageError if the file is no campaign, names folders outside of its run, or lies in a folder with links.
 */
export function readCampaign(folder: string): Campaign {
  refuseFile(folder);
  refuseLinks(folder);
  const value = readJson(join(folder, "campaign.json"));
  const campaign = parseCampaign(value);
  if (!("problem" in campaign)) {
    const { histories, shrunk, shown = [] } = campaign;
    for (const { folder: name } of [
      ...histories,
      ...shown,
      ...(shrunk === undefined ? [] : [shrunk]),
    ])
      if (name !== undefined) refuseStrangePath(name);
    return campaign;
  }
  throw usage({
    code: "bad-campaign",
    expected: 'a campaign.json of "format": "quorate-campaign/2" or "/1"',
    got: `${join(folder, "campaign.json")}: ${campaign.problem}`,
    hint: "The file was edited, cut off, or written by another version",
  });
}

/**
 * Refuses a path that quorate does not use for a history's folder in a run: somebody else's campaign.json must not lead
 * out of its folder.
 */
export function refuseStrangePath(path: string): void {
  if (/^(?:histories\/\d{1,9}|shrunk(?:-\d{1,9})?)$/.test(path)) return;
  throw usage({
    code: "bad-campaign",
    expected: "histories in folders that quorate itself names",
    got: JSON.stringify(path.slice(0, 100)),
    hint: "The campaign.json was edited",
  });
}

/** Refuses a path of a file, since a run is a folder. A path that does not exist passes. */
export function refuseFile(folder: string): void {
  if (!existsSync(folder) || statSync(folder).isDirectory()) return;
  throw usage({
    code: "no-run",
    expected: "a run's folder",
    got: `${folder}, which is a file`,
    hint: folder.endsWith(".zip")
      ? "Unpack the zip, and name the unpacked folder"
      : "quorate check judges single histories; a run's folder has a campaign.json",
  });
}

/**
 * Refuses a folder with links, sockets or pipes anywhere in it. Runs create none of these. In somebody else's folder
 * they could lead to other files or never end.
 */
export function refuseLinks(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) refuseLinks(path);
    else if (!entry.isFile())
      throw usage({
        code: "not-a-plain-file",
        expected: "a run's folder that contains only files and folders",
        got: `${path}, ${entry.isSymbolicLink() ? `a link to ${readlinkSync(path)}` : "a special file"}`,
        hint: "No run makes links or special files: remove this file if you trust the rest of the folder",
      });
  }
}

const unreadable = (file: string, error: unknown): Error =>
  usage({
    code: "unreadable",
    expected: "a readable file",
    got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Check the path",
  });

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    throw usage({
      code: "bad-json",
      expected: "one JSON document",
      got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "The file was cut off or edited, or quorate did not write it",
    });
  }
}
