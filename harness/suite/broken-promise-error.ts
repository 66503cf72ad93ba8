/** The error that fails a test, written for a person who reads a runner's output. */
import type { Campaign } from "../../reports/index.ts";
import type { WriteUp } from "../campaign/index.ts";

/** The seed and path with which fast-check finds the failure again, and the planned number of runs. */
export interface Found {
  readonly seed: number;
  readonly path: string;
  readonly numRuns: number;
}

/**
 * The error of a test in which a history broke a promise. The message says which promise was broken and how, and how to
 * run the test again, in at most 25 lines.
 */
export class BrokenPromiseError extends Error {
  /** The content of campaign.json. */
  readonly campaign: Campaign;
  /** The run's folder. */
  readonly folder: string;
  /** The path of report.html. */
  readonly report: string;

  constructor({ campaign, folder, report, steps }: WriteUp, found: Found) {
    super(textOf(campaign, steps, report, found));
    this.name = "BrokenPromiseError";
    this.campaign = campaign;
    this.folder = folder;
    this.report = report;
    // A stack trace would only show frames of fast-check.
    this.stack = `${this.name}: ${this.message}`;
  }
}

function textOf(
  campaign: Campaign,
  steps: readonly string[],
  report: string,
  { seed, path, numRuns }: Found,
): string {
  const [anomaly] = campaign.anomalies;
  const guarantee = anomaly?.guarantee ?? "a promise";
  const meaning = campaign.guarantees[guarantee]?.meaning;
  const { target, on, histories, bug } = campaign;
  return [
    oneLine(anomaly?.explanation ?? campaign.reasons[0] ?? "a promise was broken"),
    "",
    `  guarantee  ${guarantee}${meaning === undefined ? "" : `: ${oneLine(meaning)}`}`,
    `  store      ${target.name} ${target.version} on ${on}${bug === undefined ? "" : `, planted bug ${bug}`}; history ${histories.length} of ${numRuns}`,
    "  steps",
    ...steps
      .slice(0, stepsAtMost)
      .map((step, index) => `    ${`${index + 1}.`.padStart(3)} ${oneLine(step)}`),
    ...(steps.length > stepsAtMost ? [`        and ${steps.length - stepsAtMost} more`] : []),
    `  report     ${report}`,
    `  replay     ${campaign.replayAnywhere ?? campaign.replay}`,
    `  again      { seed: ${seed}, path: ${JSON.stringify(path)} }`,
  ].join("\n");
}

const stepsAtMost = 15;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(0, 600);

/** The files that a runner may attach to a failed test. */
export const attachmentsOf = ({
  report,
}: BrokenPromiseError): readonly { readonly path: string; readonly contentType: string }[] => [
  { path: report, contentType: "text/html" },
];
