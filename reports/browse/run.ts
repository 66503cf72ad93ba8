/** A run in the list of runs, with its campaign, or why it has none. */
import type { Campaign } from "../campaign.ts";
import type { HuntReport } from "../hunt.ts";
import type { ReplayReport } from "../replay.ts";
import { clip } from "../markup.ts";
import { count, number } from "../report-messages.ts";

export interface ListedRun {
  /** The name of the run's folder. */
  readonly name: string;
  readonly campaign: Campaign | undefined;
  /** The report of a hunt for planted bugs, which is no campaign. */
  readonly hunt?: HuntReport;
  /** True: the run is a replay of an earlier run, and no campaign. */
  readonly isReplay?: true;
  /** The replay's result. Absent if the replay is not complete. */
  readonly replay?: ReplayReport;
  /** Why the run has no campaign: it is still running, it was stopped early, or a file is unreadable. */
  readonly problem?: string;
  /** Files of the run that can be opened, as paths below its folder. */
  readonly files: readonly string[];
}

/** The filters of the list. An empty filter matches every run. */
export interface RunFilter {
  readonly verdict: string;
  readonly on: string;
  readonly profile: string;
  /**
   * A text that the run's name, seed, bug, command or a broken guarantee must contain. Of a run without a campaign,
   * only the name counts.
   */
  readonly text: string;
}

export const replayInWords = ({ reproduced, runs, interrupted }: ReplayReport): string =>
  `reproduced in ${number(reproduced)} of ${count(runs, "run")}${interrupted === undefined ? "" : `, ${clip(interrupted, 300)}`}`;

export const profileOf = ({ profile }: Campaign): string => profile ?? "–";

export const brokenOf = (campaign: Campaign): readonly string[] =>
  Object.entries(campaign.guarantees).flatMap(([name, totals]) =>
    totals.promised && totals.verdict === "invalid" ? [name] : [],
  );

/** Sorts runs, the newest first: by start time, or else by the folder's name, which begins with the start time. */
export function newestFirst<Run extends ListedRun>(runs: readonly Run[]): readonly Run[] {
  const order = ({ name, campaign, hunt, replay }: ListedRun): string =>
    (campaign ?? hunt ?? replay)?.startedAt.replace(/[-:]/g, "").replace("T", "-").slice(0, 15) ??
    name;
  return [...runs].sort((a, b) =>
    order(a) < order(b) ? 1 : order(a) > order(b) ? -1 : a.name < b.name ? 1 : -1,
  );
}

export function passes({ name, campaign }: ListedRun, filter: RunFilter): boolean {
  if (campaign === undefined)
    return (
      filter.verdict === "" &&
      filter.on === "" &&
      filter.profile === "" &&
      name.includes(filter.text)
    );
  const words = [
    name,
    String(campaign.seed),
    campaign.bug ?? "",
    campaign.command,
    ...brokenOf(campaign),
  ];
  return (
    (filter.verdict === "" || campaign.verdict === filter.verdict) &&
    (filter.on === "" || campaign.on === filter.on) &&
    (filter.profile === "" || profileOf(campaign) === filter.profile) &&
    words.some((word) => word.includes(filter.text))
  );
}
