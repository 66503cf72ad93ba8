/** Writes the files of a campaign: campaign.json, report.html, summary.md, JUnit, and the smallest cases. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { planSize, readable, toToken } from "../../generators/index.ts";
import {
  anomaliesFound,
  type Campaign,
  count,
  type Exhibit,
  type HistoryRow,
  type ShownHistory,
  renderHtml,
  renderJunit,
  renderMarkdown,
} from "../../reports/index.ts";
import { isStrange } from "../bug-bundle.ts";
import { bugs } from "../targets/bundled/index.ts";
import { writeNamed } from "../files.ts";
import { relative } from "node:path";
import type { Cluster } from "../platforms/cluster.ts";
import { findConfig } from "../config/load-module.ts";
import type { Target } from "../targets/target.ts";
import { version } from "../version.ts";
import { type Attempt, anomaliesOf } from "./attempt.ts";
import {
  type Failures,
  findingsOf,
  knownHistories,
  likenessesOf,
  otherFailure,
} from "./findings.ts";
import { possibleCoverage, sumOf } from "./coverage.ts";
import { planFingerprint } from "./fingerprint.ts";
import { campaignId } from "./identity.ts";
import { askedOf, type CampaignOptions } from "./options.ts";
import { withNodeFault } from "./node-fault.ts";
import { outcomeTexts } from "./outcome-texts.ts";
import { stateFile } from "./resume.ts";
import type { RunFolder } from "./run-folder.ts";
import type { Smallest } from "./smallest.ts";
import type { Totals } from "./totals.ts";

/** A campaign's result, and the paths of its folder and report. */
export interface WriteUp {
  readonly campaign: Campaign;
  /** The path of the run's folder. */
  readonly folder: string;
  readonly report: string;
  /** The steps of the smallest failing history. Empty if no history failed. */
  readonly steps: readonly string[];
  /** The first error of files that could not be written, for example on a full disk. Absent: all files were written. */
  readonly unwritten?: Error;
}

/** A history whose files are in the run's folder. */
export interface Kept extends Attempt {
  readonly history: number;
  /** The history's folder inside the run's folder. */
  readonly folder: string;
}

interface Material {
  readonly options: CampaignOptions;
  readonly folder: RunFolder;
  readonly totals: Totals;
  readonly rows: readonly HistoryRow[];
  /** The failures of a campaign with --keep-going. Null for a campaign that ends at its first failure. */
  readonly failures: Failures | null;
  readonly notable: { readonly failed?: Kept; readonly unknown?: Kept; readonly valid?: Kept };
  readonly smallest: Smallest | null;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  /** Why the campaign ends early, if not by the signal. */
  readonly interrupted?: string;
  /** The error of a node that ends the campaign. */
  readonly nodeFault?: string;
}

/** Writes campaign.json and report.html with the state so far, since the process may be killed at any time. */
export function writeInterim(material: Omit<Material, "smallest">): void {
  const { folder } = material;
  const campaign = campaignOf({
    ...material,
    smallest: null,
    interrupted: "still running, or killed before the run ended",
  });
  folder.saveCampaign(campaign);
  folder.saveText("report.html", renderHtml(campaign, []));
}

/**
 * Writes the run's files. If a file cannot be written, writes the others and returns the error, so that the verdict is
 * not lost.
 */
export async function writeUp(material: Material): Promise<WriteUp> {
  const { options, folder, notable, smallest } = material;
  const shrunk = smallest?.found ?? null;
  const shown = shrunk ?? notable.failed;
  const campaign = campaignOf(material);
  const exhibits = shownOf(material).map(
    ({ title, attempted: { plan, events, verdict } }): Exhibit => ({
      title,
      plan,
      events,
      verdict,
    }),
  );
  let unwritten: Error | undefined;
  const tryTo = async (write: () => unknown): Promise<void> => {
    try {
      await write();
    } catch (error) {
      unwritten ??= error instanceof Error ? error : new Error(String(error));
    }
  };
  // campaign.json and short files are written first, since they may still fit on a nearly full disk.
  await tryTo(() => folder.saveCampaign(campaign));
  await tryTo(() => folder.saveText("summary.md", renderMarkdown(campaign)));
  await tryTo(() => {
    if (options.junitFile !== undefined) writeNamed(options.junitFile, renderJunit(campaign));
  });
  await tryTo(() => (shrunk === null ? undefined : folder.save("shrunk", shrunk)));
  for (const { smallest: other } of material.failures?.alike.slice(1) ?? [])
    await tryTo(() =>
      other === undefined || other.found.found === null
        ? undefined
        : folder.save(other.folder, other.found.found),
    );
  await tryTo(() => folder.saveText("report.html", renderHtml(campaign, exhibits)));
  return {
    campaign,
    folder: folder.path,
    report: join(folder.path, "report.html"),
    steps:
      shown === undefined ? [] : readable(shown.plan, options.plans, outcomeTexts(shown.events)),
    ...(unwritten === undefined ? {} : { unwritten }),
  };
}

function campaignOf(material: Material): Campaign {
  const { options, totals, rows, notable, smallest, startedAt, elapsedMs } = material;
  const { interrupted, nodeFault } = material;
  const shown = smallest?.found ?? notable.failed;
  const { target } = options.cluster;
  const word = tokenOf(shown, smallest?.on ?? options.cluster, target);
  const needs = shown === undefined ? [] : needsOf(shown, target);
  const anywhere = (token: string): string => `npx quorate replay ${token}${targetFlag(target)}`;
  return {
    format: "quorate-campaign/2",
    target: { name: target.name, version: target.version },
    ...outcomeOf(material, anywhere),
    on: options.cluster.platform,
    seed: options.seed,
    ...(options.plans.bug === undefined ? {} : { bug: options.plans.bug }),
    command: options.command,
    ...(options.again === undefined ? {} : { again: options.again }),
    replay: replayOf(material),
    ...(word === null ? {} : { replayAnywhere: anywhere(word) }),
    ...(word === null || needs.length === 0 ? {} : { replayNeeds: needs }),
    version,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      ...options.cluster.environment,
    },
    startedAt: startedAt.toISOString(),
    elapsedMs,
    asked: Number.isFinite(askedOf(options)) ? askedOf(options) : rows.length,
    tolerateUnknown: options.tolerateUnknown,
    histories: rows,
    operations: totals.operations(),
    faults: {
      ...Object.fromEntries(
        (options.askedFaults ?? []).map((kind) => [kind, { injected: 0, overlapped: 0 }]),
      ),
      ...totals.faults(),
    },
    coverage: sumOf([possibleCoverage(options.plans, options.plans.faults), totals.coverage()]),
    guarantees: totals.guarantees(),
    anomalies: shown === undefined ? [] : anomaliesOf(shown.verdict),
    ...(shown === undefined ? {} : { anomaliesFound: anomaliesFound(shown, true) }),
    shown: shownOf(material).map(({ attempted: _, ...named }) => named),
    ...(smallest === null || notable.failed === undefined
      ? {}
      : {
          shrunk: {
            folder: smallest.found === null ? notable.failed.folder : "shrunk",
            history: notable.failed.history,
            from: planSize(notable.failed.plan, options.plans.target),
            to: planSize((smallest.found ?? notable.failed).plan, options.plans.target),
            tries: smallest.tries,
            ended: smallest.ended,
            ...(smallest.reproduced === undefined ? {} : { reproduced: smallest.reproduced }),
          },
        }),
    ...(interrupted !== undefined
      ? { interrupted }
      : options.signal.aborted
        ? { interrupted: "stopped by a signal", ...resumeOf(material) }
        : {}),
    ...(nodeFault === undefined ? {} : { nodeFault }),
  };
}

/**
 * The command that runs the failing or unknown history again. If there is no such history, it is the command of the
 * whole campaign.
 */
function replayOf({ options, folder, notable }: Material): string {
  if (notable.failed === undefined && notable.unknown === undefined) return options.command;
  return `npx quorate replay ${folder.path}${targetFlag(options.cluster.target)}${trustFlag(options.plans.bug)}`;
}

/** The command that goes on with a stopped campaign, if the campaign could write its state before it was stopped. */
const resumeOf = ({ options, folder }: Material): Pick<Campaign, "resume"> =>
  existsSync(join(folder.path, stateFile))
    ? { resume: `npx quorate run --resume ${folder.path}${trustFlag(options.plans.bug)}` }
    : {};

/** The campaign's verdict. For a campaign with --keep-going, also its findings and the data that `merge` needs. */
function outcomeOf(
  { options, totals, rows, notable, failures, interrupted, nodeFault }: Material,
  replay: (token: string) => string,
): Pick<
  Campaign,
  "verdict" | "reasons" | "findings" | "likenesses" | "known" | "withoutKnown" | "part"
> {
  const early = options.signal.aborted || interrupted !== undefined;
  const judged = (knownOnes: number): ReturnType<typeof verdictOf> =>
    withNodeFault(
      verdictOf(
        totals.verdict(options.plans.claimed, notable.failed, knownOnes),
        early,
        rows.length,
        askedOf(options),
      ),
      nodeFault,
    );
  const verdict = askedOf(options) === 0 ? emptyShard(options) : judged(0);
  if (failures === null) return verdict;
  const likenesses = likenessesOf(failures.alike, options.plans, replay);
  const { known = [] } = options;
  const findings = findingsOf(likenesses, new Set(known));
  const withoutKnown =
    verdict.verdict === "invalid" ? judged(knownHistories(findings)).verdict : verdict.verdict;
  return {
    ...verdict,
    findings,
    likenesses,
    ...(known.length === 0 ? {} : { known }),
    ...(withoutKnown === verdict.verdict ? {} : { withoutKnown }),
    part: {
      campaign: campaignId(options),
      histories: Number.isFinite(options.histories) ? options.histories : 0,
      shard: options.shard,
      tolerateUnknown: options.tolerateUnknown,
      claimed: options.plans.claimed,
      tallies: totals.tallies(),
    },
  };
}

/**
 * The flag with which a replay finds the target. It is empty if the target has no file, since a replay finds such a
 * target by name. It is also empty if the target's file is the configuration of the working directory.
 */
function targetFlag({ file }: Target): string {
  if (file === undefined || file === findConfig(process.cwd())) return "";
  return ` --target ${relative(process.cwd(), file)}`;
}

/** What a replay of the plan needs on another machine besides quorate, in words. */
const needsOf = ({ plan }: Pick<Attempt, "plan">, target: Target): readonly string[] => [
  ...(target.file === undefined
    ? []
    : [
        `the configuration file ${relative(process.cwd(), target.file)}`,
        "the files and environment variables that this file uses",
      ]),
  ...(target.messages === undefined
    ? []
    : [`the program at ${target.messages.programPath(plan.settings)} (--bin names another path)`]),
];

/** The flag --trust if the planted bug is a file, since a replay runs the copy of its code that the run kept. */
const trustFlag = (bug: string | undefined): string =>
  bug !== undefined && isStrange(bug) ? " --trust" : "";

/**
 * The failing plan as a token of one word. Null if the token is too long for a line of a log, or if the planted bug is
 * a file of the user. Also null for a plan that failed in real time only, if its target has a simulator, since only
 * simulated histories are the same everywhere.
 */
export function tokenOf(
  failed: Attempt | null | undefined,
  on: Pick<Cluster, "replaysExactly">,
  target: Target,
): string | null {
  if (
    failed === undefined ||
    failed === null ||
    (!on.replaysExactly && target.simulator !== undefined) ||
    (failed.plan.bug !== undefined && !Object.hasOwn(bugs, failed.plan.bug))
  )
    return null;
  const token = toToken(failed.plan);
  return token.length <= longestToken ? token : null;
}

const longestToken = 1200;

/**
 * The histories that the report shows, in order. campaign.json lists them, so that `quorate report` shows the same
 * histories.
 */
function shownOf({
  notable,
  smallest,
  failures,
}: Pick<Material, "notable" | "smallest" | "failures">): readonly (ShownHistory & {
  readonly attempted: Attempt;
})[] {
  const { failed, unknown, valid } = notable;
  const kept = (
    title: string,
    attempted: Kept,
  ): ShownHistory & { readonly attempted: Attempt } => ({
    title,
    folder: attempted.folder,
    history: attempted.history,
    attempted,
  });
  if (failed !== undefined) {
    const whole = kept(`The failing history, whole: history ${failed.history}`, failed);
    const found = smallest?.found ?? failed;
    const first =
      found === failed
        ? []
        : [
            {
              title: `The smallest failing history, shrunk from history ${failed.history}`,
              folder: "shrunk",
              history: failed.history,
              attempted: found,
            },
          ];
    return [...first, whole, ...othersShown(failures?.alike ?? [])];
  }
  if (unknown !== undefined)
    return [kept(`A history whose verdict is unknown: history ${unknown.history}`, unknown)];
  return valid === undefined
    ? []
    : [kept(`A valid history, as a sample: history ${valid.history}`, valid)];
}

/** The smallest cases of the findings that were shrunk, except that of the first finding. */
function othersShown(alike: Failures["alike"]): ReturnType<typeof shownOf> {
  const told = new Set<string>();
  return alike.flatMap(({ guarantee, first, smallest }, place) => {
    const attempted = smallest?.found.found;
    if (smallest === undefined || attempted === undefined || attempted === null) return [];
    const fingerprint = planFingerprint(guarantee, attempted.plan);
    if (told.has(fingerprint)) return [];
    told.add(fingerprint);
    if (place === 0) return [];
    return [
      {
        title: otherFailure(first.history),
        folder: smallest.folder,
        history: first.history,
        attempted,
      },
    ];
  });
}

/**
 * The verdict of a campaign that may have been stopped early. If it was, `valid` becomes `unknown`, because some
 * histories did not run. `invalid` stays, because a broken promise is proof enough.
 */
function verdictOf(
  { verdict, reasons }: ReturnType<Totals["verdict"]>,
  early: boolean,
  done: number,
  asked: number,
): Pick<Campaign, "verdict" | "reasons"> {
  if (!early || verdict === "invalid") return { verdict, reasons };
  return {
    verdict: "unknown",
    reasons: [
      `stopped after ${done}${Number.isFinite(asked) ? ` of ${asked}` : ""} histories`,
      ...reasons,
    ],
  };
}

/** The verdict of a shard without histories. A campaign has such shards if it has fewer histories than shards. */
const emptyShard = ({
  shard,
  histories,
}: CampaignOptions): Pick<Campaign, "verdict" | "reasons"> => ({
  verdict: "valid",
  reasons: [
    `shard ${shard.index + 1} of ${shard.of} is empty: the campaign has ${count(histories, "history", "histories")}`,
  ],
});
