/** `quorate report`: rebuilds a run's report from its files. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { isGuaranteeName } from "../../checkers/index.ts";
import { readable } from "../../generators/index.ts";
import {
  type Campaign,
  type Exhibit,
  headline,
  renderHtml,
  renderMarkdown,
  renderTerminal,
  showsFailure,
  type ShownHistory,
  visible,
} from "../../reports/index.ts";
import { outcomeTexts } from "../campaign/index.ts";
import { replaceFile } from "../files.ts";
import { targetOfPlan } from "./chosen-target.ts";
import { failureOf, usage } from "./exit.ts";
import { type FindLanguage, historyFolderOf, loadHistoryFolder, readCampaign } from "./load.ts";
import { columnsOf, createOutput } from "./output.ts";
import { recompute } from "./recompute.ts";
import { languageOf } from "./stand-in.ts";

export function addReport(program: Command): void {
  program
    .command("report <run>")
    .description("rebuild a run's report.html and summary.md")
    .option("--target <FILE>", "the configuration whose checkers judged the run")
    .option("--json", "one JSON document on stdout")
    .action(async (run: string, flags: ReportFlags) => {
      await report(run, createOutput(flags.json === true), {}, flags.target);
    });
}

interface ReportFlags {
  readonly target?: string;
  readonly json?: boolean;
}

/**
 * Writes report.html and summary.md of a run's folder again, and prints the run's verdict.
 *
 * @param more Fields that the calling command adds to the document of --json.
 * @param asked The configuration (--target) whose checkers judged the run.
 */
export async function report(
  run: string,
  output: ReturnType<typeof createOutput>,
  more: Readonly<Record<string, unknown>> = {},
  asked?: string,
): Promise<void> {
  const written = readCampaign(run);
  // Without --target, a report needs the run's target only if the target's configuration has checkers.
  const needsOwn = Object.keys(written.guarantees).some((name) => !isGuaranteeName(name));
  const kinds =
    needsOwn || asked !== undefined
      ? (await targetOfPlan(written.target, asked, output.say)).kinds
      : undefined;
  const checkers = kinds?.checkers ?? [];
  const exhibitOf = (folder: string, title: string): Promise<Exhibit> =>
    exhibitIn(folder, title, async (target, plan) => ({
      ...languageOf(target, plan),
      ...(kinds === undefined ? {} : { kinds }),
    }));
  const exhibits: Exhibit[] = [];
  const unwritten: string[] = [];
  for (const { folder, title } of written.shown ?? shownBefore(written))
    try {
      exhibits.push(await exhibitOf(join(run, folder), title));
    } catch (thrown) {
      // A run that ended early, for example on a full disk, names histories that it could not write.
      if (written.interrupted === undefined) throw thrown;
      unwritten.push(unreadableReason(folder, thrown));
    }
  const { cutOff, unreadable } = await unfinishedExhibit(run, written, exhibitOf);
  exhibits.push(...cutOff);
  if (
    exhibits.length === 0 &&
    unwritten.length === 0 &&
    written.histories.some((row) => row.folder !== undefined)
  )
    exhibits.push(await exhibitOf(historyFolderOf(run).folder, "A history of this run"));
  const { campaign: recomputed, differences } = recompute(run, written, checkers);
  const campaign = { ...recomputed, reasons: [...recomputed.reasons, ...unwritten, ...unreadable] };
  const file = join(run, "report.html");
  replaceFile("report.html", file, renderHtml(campaign, exhibits));
  replaceFile("summary.md", join(run, "summary.md"), renderMarkdown(campaign));
  const first = exhibits[0];
  const steps =
    showsFailure(campaign) && first !== undefined
      ? readable(
          first.plan,
          {
            ...languageOf(first.plan.target, first.plan),
            ...(kinds === undefined ? {} : { kinds }),
          },
          outcomeTexts(first.events),
        )
      : [];
  output.document({
    report: file,
    verdict: campaign.verdict,
    sentence: headline(campaign),
    run,
    differences,
    ...(campaign.findings === undefined ? {} : { findings: campaign.findings }),
    ...more,
  });
  for (const difference of differences)
    output.say(visible(`The run's files contradict each other: ${difference}`));
  if (!output.json)
    output.sayPainted(
      renderTerminal(campaign, {
        color: process.stdout.isTTY,
        columns: columnsOf(process.stdout),
        steps,
        report: file,
      }),
    );
}

/**
 * The histories to show if campaign.json does not list them: the smallest case, and the failing history. If several are
 * invalid, the first invalid one is shown, since campaign.json does not say which one failed.
 */
function shownBefore({
  histories,
  shrunk,
}: Campaign): readonly Pick<ShownHistory, "title" | "folder">[] {
  const failing = histories.find((row) => row.verdict === "invalid");
  const whole =
    failing?.folder === undefined
      ? []
      : [
          {
            title: `The first invalid history, whole: history ${failing.index}`,
            folder: failing.folder,
          },
        ];
  return shrunk === undefined || shrunk.folder === failing?.folder
    ? whole
    : [{ title: "The smallest failing history", folder: shrunk.folder }, ...whole];
}

/**
 * Loads a history for the report. Throws if the history's files are missing or incomplete, since the new report would
 * show less than the old report.
 */
async function exhibitIn(folder: string, title: string, find: FindLanguage): Promise<Exhibit> {
  const { plan, history, verdict } = await loadHistoryFolder(folder, find);
  if (history !== undefined && verdict !== undefined)
    return { title, plan, events: history, verdict };
  throw usage({
    code: "unreadable",
    expected: "every history that campaign.json names",
    got: `no ${join(folder, "history.jsonl")}`,
    hint: "The report was not changed; quorate replay runs the history again",
  });
}

/**
 * Loads the history that was cut off, for example by a kill, to show it. If it cannot be read, `unreadable` has the
 * reason, which the report prints.
 */
async function unfinishedExhibit(
  run: string,
  campaign: Campaign,
  exhibitOf: (folder: string, title: string) => Promise<Exhibit>,
): Promise<{ readonly cutOff: readonly Exhibit[]; readonly unreadable: readonly string[] }> {
  const name = unfinishedHistory(run, campaign);
  if (name === undefined || !existsSync(join(run, name, "history.jsonl")))
    return { cutOff: [], unreadable: [] };
  try {
    return {
      cutOff: [await exhibitOf(join(run, name), "The history that was cut off")],
      unreadable: [],
    };
  } catch (thrown) {
    return { cutOff: [], unreadable: [unreadableReason(name, thrown)] };
  }
}

/**
 * Says why a history cannot be read.
 *
 * @throws The thrown value itself if it is an internal failure of quorate.
 */
function unreadableReason(name: string, thrown: unknown): string {
  const { code, message } = failureOf(thrown);
  if (code === "internal") throw thrown;
  return `${name} cannot be read: ${message}`;
}

/**
 * The folder of the history that a run was at when it ended early, which campaign.json does not name. Undefined if
 * there is none.
 */
function unfinishedHistory(run: string, campaign: Campaign): string | undefined {
  const folder = join(run, "histories");
  if (campaign.interrupted === undefined || !existsSync(folder)) return undefined;
  const known = new Set(campaign.histories.map(({ index }) => index));
  const indices = readdirSync(folder)
    .filter((name) => /^\d{1,9}$/.test(name) && !known.has(Number(name)))
    .map(Number);
  return indices.length === 0 ? undefined : `histories/${Math.max(...indices)}`;
}
