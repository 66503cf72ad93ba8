/** `quorate report`: rebuild a run's report from its files. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { readable } from "../../generators/index.ts";
import { type Exhibit, renderHtml, renderTerminal } from "../../reports/index.ts";
import { historyFolderOf, loadHistoryFolder, readCampaign } from "./load.ts";
import { createOutput } from "./output.ts";

export function addReport(program: Command): void {
  program
    .command("report <run>")
    .description("rebuild a run's report.html")
    .option("--json", "one JSON document on stdout")
    .action(async (run: string, flags: { readonly json?: boolean }) => {
      await report(run, createOutput(flags.json === true));
    });
}

async function report(run: string, output: ReturnType<typeof createOutput>): Promise<void> {
  const campaign = readCampaign(run);
  const failing = campaign.histories.find((row) => row.verdict === "invalid")?.folder;
  const folders = new Map<string, string>();
  if (campaign.shrunk !== undefined && campaign.shrunk.folder !== failing) folders.set(campaign.shrunk.folder, "The smallest failing history");
  if (failing !== undefined) folders.set(failing, "The failing history, whole");
  const exhibits: Exhibit[] = [];
  for (const [folder, title] of folders) exhibits.push(...(await exhibitOf(join(run, folder), title)));
  if (exhibits.length === 0 && campaign.histories.some((row) => row.folder !== undefined)) exhibits.push(...(await exhibitOf(historyFolderOf(run), "A history of this run")));
  const file = join(run, "report.html");
  writeFileSync(`${file}.part`, renderHtml(campaign, exhibits));
  renameSync(`${file}.part`, file);
  const first = exhibits[0];
  const steps = campaign.verdict === "invalid" && first !== undefined ? readable(first.plan) : [];
  output.document({ report: file, verdict: campaign.verdict, run });
  if (!output.json) output.say(renderTerminal(campaign, { color: process.stdout.isTTY, steps, report: file }));
}

async function exhibitOf(folder: string, title: string): Promise<Exhibit[]> {
  if (!existsSync(join(folder, "history.jsonl"))) return [];
  const { plan, history, verdict } = await loadHistoryFolder(folder);
  return history === undefined || verdict === undefined ? [] : [{ title, plan, events: history, verdict }];
}
