/** What remains of a campaign: campaign.json, report.html, summary.md, JUnit. */
import { writeFileSync } from "node:fs";
import type { GuaranteeName } from "../../checkers/index.ts";
import { planSize, readable, toToken } from "../../generators/index.ts";
import { type Campaign, type Exhibit, type HistoryRow, renderHtml, renderJunit, renderMarkdown } from "../../reports/index.ts";
import { bugs } from "../../store/index.ts";
import { version } from "../version.ts";
import { type Attempt, anomaliesOf } from "./attempt.ts";
import { askedOf, type CampaignOptions } from "./options.ts";
import type { RunFolder } from "./run-folder.ts";
import type { Smallest } from "./smallest.ts";
import type { Totals } from "./totals.ts";

export interface WriteUp {
  readonly campaign: Campaign;
  /** Paths. */
  readonly folder: string;
  readonly report: string;
  /** The smallest failing history, as steps for people; [] when nothing failed. */
  readonly steps: readonly string[];
}

interface Material {
  readonly options: CampaignOptions;
  readonly folder: RunFolder;
  readonly totals: Totals;
  readonly rows: readonly HistoryRow[];
  readonly notable: { readonly failed?: Attempt; readonly unknown?: Attempt; readonly valid?: Attempt };
  readonly smallest: Smallest | null;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  /** Why the campaign ends before its time, other than by the signal. */
  readonly interrupted?: string;
}

/** What is left of a campaign if nothing more can be written: the process may be killed at any moment. */
export function writeInterim(material: Omit<Material, "smallest" | "elapsedMs">): void {
  const { folder, startedAt } = material;
  const campaign = campaignOf({ ...material, smallest: null, elapsedMs: Date.now() - startedAt.getTime(), interrupted: "still running, or killed before its end" });
  folder.saveCampaign(campaign);
  folder.saveText("report.html", renderHtml(campaign, []));
}

export async function writeUp(material: Material): Promise<WriteUp> {
  const { options, folder, notable, smallest } = material;
  const shrunk = smallest?.found ?? null;
  if (shrunk !== null) await folder.save("shrunk", shrunk);
  const shown = shrunk ?? notable.failed;
  const campaign = campaignOf(material);
  folder.saveCampaign(campaign);
  folder.saveText("summary.md", renderMarkdown(campaign));
  const report = folder.saveText("report.html", renderHtml(campaign, exhibits(material)));
  if (options.junitFile !== undefined) {
    writeFileSync(options.junitFile, renderJunit(campaign));
  }
  return { campaign, folder: folder.path, report, steps: shown === undefined ? [] : readable(shown.plan) };
}

function campaignOf({ options, folder, totals, rows, notable, smallest, startedAt, elapsedMs, interrupted }: Material): Campaign {
  const shown = smallest?.found ?? notable.failed;
  // Only a simulated history is the same everywhere: a plan that no simulated schedule broke has no token.
  const word = smallest?.on === "sim" || options.cluster.kind === "sim" ? tokenOf(shown) : null;
  return {
    format: "quorate-campaign/1",
    ...verdictOf(totals, options.plans.claimed, options.signal.aborted || interrupted !== undefined, rows.length, askedOf(options)),
    on: options.cluster.kind,
    seed: options.seed,
    ...(options.plans.bug === undefined ? {} : { bug: options.plans.bug }),
    command: options.command,
    replay: `npx quorate replay ${folder.path}`,
    ...(word === null ? {} : { replayAnywhere: `npx quorate replay ${word}` }),
    version,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    environment: { node: process.version, platform: `${process.platform} ${process.arch}`, ...options.cluster.environment },
    startedAt: startedAt.toISOString(),
    elapsedMs,
    asked: askedOf(options),
    histories: rows,
    operations: totals.operations(),
    faults: totals.faults(),
    guarantees: totals.guarantees(),
    anomalies: shown === undefined ? [] : anomaliesOf(shown.verdict),
    ...(smallest === null || notable.failed === undefined
      ? {}
      : {
          shrunk: {
            folder: smallest.found === null ? `histories/${rows.at(-1)?.index ?? 0}` : "shrunk",
            from: planSize(notable.failed.plan),
            to: planSize((smallest.found ?? notable.failed).plan),
            tries: smallest.tries,
            ended: smallest.ended,
            ...(smallest.reproduced === undefined ? {} : { reproduced: smallest.reproduced }),
          },
        }),
    ...(interrupted !== undefined ? { interrupted } : options.signal.aborted ? { interrupted: "stopped by the person who ran it" } : {}),
  };
}

/** The failing plan as one word, where it is short enough for a line of a log and needs no file but quorate's own. */
function tokenOf(failed: Attempt | null | undefined): string | null {
  if (failed == null || (failed.plan.bug !== undefined && !Object.hasOwn(bugs, failed.plan.bug))) return null;
  const token = toToken(failed.plan);
  return token.length <= longestToken ? token : null;
}

const longestToken = 1200;

function exhibits({ notable, smallest }: Material): Exhibit[] {
  const shown: Exhibit[] = [];
  const add = (title: string, attempted: Attempt | null | undefined): void => {
    if (attempted != null) shown.push({ title, plan: attempted.plan, events: attempted.events, verdict: attempted.verdict });
  };
  if (smallest?.found !== notable.failed) add("The smallest failing history", smallest?.found);
  add("The failing history, whole", notable.failed);
  if (notable.failed === undefined) add("A history whose verdict is unknown", notable.unknown);
  if (shown.length === 0) add("A valid history, as a sample", notable.valid);
  return shown;
}

/** What was stopped early has not shown what was asked, however valid it was so far. */
function verdictOf(totals: Totals, claimed: readonly GuaranteeName[], aborted: boolean, done: number, asked: number): Pick<Campaign, "verdict" | "reasons"> {
  const { verdict, reasons } = totals.verdict(claimed);
  if (!aborted || verdict === "invalid") return { verdict, reasons };
  return { verdict: "unknown", reasons: [`stopped after ${done} of ${asked} histories`, ...reasons] };
}
