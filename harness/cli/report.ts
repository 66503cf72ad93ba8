/** `quorate report`: rebuild a run's report from its files. */
import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { readable } from "../../generators/index.ts";
import { type Campaign, type Exhibit, renderHtml, renderMarkdown, renderTerminal } from "../../reports/index.ts";
import { failureOf } from "./exit.ts";
import { historyFolderOf, loadHistoryFolder, readCampaign } from "./load.ts";
import { createOutput } from "./output.ts";

export function addReport(program: Command): void {
  program
    .command("report <run>")
    .description("rebuild a run's report.html and summary.md")
    .option("--json", "one JSON document on stdout")
    .action(async (run: string, flags: { readonly json?: boolean }) => {
      await report(run, createOutput(flags.json === true));
    });
}

async function report(run: string, output: ReturnType<typeof createOutput>): Promise<void> {
  const written = readCampaign(run);
  const failing = written.histories.find((row) => row.verdict === "invalid")?.folder;
  const folders = new Map<string, string>();
  if (written.shrunk !== undefined && written.shrunk.folder !== failing) folders.set(written.shrunk.folder, "The smallest failing history");
  if (failing !== undefined) folders.set(failing, "The failing history, whole");
  const unfinished = unfinishedHistory(run, written);
  if (unfinished !== undefined) folders.set(unfinished, "The history that was cut off");
  const exhibits: Exhibit[] = [];
  const unreadable: string[] = [];
  for (const [folder, title] of folders) exhibits.push(...(await exhibitOf(run, folder, title, unreadable)));
  if (exhibits.length === 0 && written.histories.some((row) => row.folder !== undefined)) exhibits.push(...(await exhibitOf(historyFolderOf(run), "", "A history of this run", unreadable)));
  const campaign = { ...written, reasons: [...written.reasons, ...unreadable] };
  const file = join(run, "report.html");
  writeFileSync(`${file}.part`, renderHtml(campaign, exhibits));
  renameSync(`${file}.part`, file);
  writeFileSync(join(run, "summary.md"), renderMarkdown(campaign));
  const first = exhibits[0];
  const steps = campaign.verdict === "invalid" && first !== undefined ? readable(first.plan) : [];
  output.document({ report: file, verdict: campaign.verdict, run });
  if (!output.json) output.say(renderTerminal(campaign, { color: process.stdout.isTTY, steps, report: file }));
}

/** A history that was cut off in the middle of a line is named among the report's reasons; the report is made all the same. */
async function exhibitOf(run: string, inner: string, title: string, unreadable: string[]): Promise<Exhibit[]> {
  const folder = join(run, inner);
  if (!existsSync(join(folder, "history.jsonl"))) return [];
  try {
    const { plan, history, verdict } = await loadHistoryFolder(folder);
    return history === undefined || verdict === undefined ? [] : [{ title, plan, events: history, verdict }];
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code === "internal") throw thrown;
    unreadable.push(`${inner === "" ? folder : inner} cannot be read: ${message}`);
    return [];
  }
}

/** A run that was killed leaves the history it was at, which its campaign.json does not know yet. */
function unfinishedHistory(run: string, campaign: Campaign): string | undefined {
  const folder = join(run, "histories");
  if (campaign.interrupted === undefined || !existsSync(folder)) return undefined;
  const known = new Set(campaign.histories.map(({ index }) => index));
  const indices = readdirSync(folder).filter((name) => /^\d{1,9}$/.test(name) && !known.has(Number(name))).map(Number);
  return indices.length === 0 ? undefined : `histories/${Math.max(...indices)}`;
}
