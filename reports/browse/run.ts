/** A run as the list of runs knows it: its campaign, or why there is none to show. */
import type { Campaign } from "../campaign.ts";
import type { HuntReport } from "../hunt.ts";
import type { ReplayReport } from "../replay.ts";
import { count, number } from "../report-messages.ts";

export interface ListedRun {
  /** The folder's name. */
  readonly name: string;
  readonly campaign: Campaign | undefined;
  /** What it hunted, where it was a hunt for planted bugs and no campaign. */
  readonly hunt?: HuntReport;
  /** It ran again what an earlier run left, and is no campaign. */
  readonly isReplay?: true;
  /** What came of that, where it came to its end. */
  readonly replay?: ReplayReport;
  /** Why there is no campaign: still running, stopped before its end, or a file that cannot be read. */
  readonly problem?: string;
  /** Files of the run that can be opened, as paths below its folder. */
  readonly files: readonly string[];
}

/** What the list is filtered by; "" lets all through. */
export interface RunFilter {
  readonly verdict: string;
  readonly on: string;
  readonly profile: string;
  /** Found in the name, seed, bug, command or a broken guarantee. */
  readonly text: string;
}

export const replayInWords = ({ reproduced, runs }: ReplayReport): string =>
  `reproduced in ${number(reproduced)} of ${count(runs, "run")}`;

export const profileOf = ({ profile }: Campaign): string => profile ?? "–";

export const brokenOf = (campaign: Campaign): readonly string[] =>
  Object.entries(campaign.guarantees).flatMap(([name, totals]) =>
    totals.promised && totals.verdict === "invalid" ? [name] : [],
  );

/** Newest first: by when it started, or by the folder's name, which begins with that. */
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
