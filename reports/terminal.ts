/** The summary of a campaign, which a person can read in ten seconds. */
import type { Campaign } from "./campaign.ts";
import { findingLine, findingsListed, findingsTitle } from "./findings.ts";
import { clip, visible } from "./markup.ts";
import {
  type Judged,
  count,
  duration,
  fared,
  headline,
  judgedFrom,
  replayNotes,
  retriedHistories,
  number,
  sentence,
  share,
  signs,
  subject,
  totalsOf,
  whatFinalPhaseIs,
  byReason,
  neverInjected,
} from "./report-messages.ts";

import { spreadText } from "./spread.ts";

export interface TerminalOptions {
  /** Adds ANSI colours. Default: false. Words and signs say the same without colours. */
  readonly color?: boolean;
  /**
   * The largest number of characters in a line. Sentences are broken between words, but paths and commands are not.
   * Absent: lines are not broken.
   */
  readonly columns?: number;
  /** The steps of the smallest failing history. */
  readonly steps?: readonly string[];
  /**
   * Whether to print a token that is longer than a line. If false, the token is left to the report, if `report` is set.
   * Default: true, since a log may be all that a reader has.
   */
  readonly token?: boolean;
  /** The path of report.html. */
  readonly report?: string;
}

const stepsAtMost = 9;

/**
 * The summary of a campaign for a terminal. For a failing campaign it says what broke, how to get there and where to
 * look. The report has the rest.
 *
 * @returns Plain text that ends in a line feed. Control characters from a history are made visible, so that no
 *   history can drive a terminal.
 */
export function renderTerminal(
  campaign: Campaign,
  {
    color = false,
    columns = Number.POSITIVE_INFINITY,
    steps = [],
    report,
    token = true,
  }: TerminalOptions = {},
): string {
  const paint = (code: number, text: string): string =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const tone = { valid: 32, invalid: 31, unknown: 33 }[campaign.verdict];
  const why = headline(campaign);
  const twice = retriedHistories(campaign);
  const mark = `${signs[campaign.verdict]} ${campaign.verdict.toUpperCase()}`;
  const sentences = [
    `${mark}  ${line(sentence(why), 600)}`,
    `  ${subject(campaign)}: ${ranOf(campaign)}`,
    ...(campaign.interrupted !== undefined && campaign.interrupted !== why
      ? [`  ended early: ${line(campaign.interrupted, 300)}`]
      : []),
    ...(twice === undefined ? [] : [`  ${line(twice, 400)}`]),
    ...reasons(campaign, why),
    ...(campaign.verdict === "invalid" ? [] : [""]),
    ...smallest(campaign),
    ...stepLines(steps, why),
    ...findings(campaign),
    ...promises(campaign),
    ...(campaign.verdict === "invalid" ? [] : [...observed(campaign), ...missing(campaign)]),
    ...faults(campaign),
    ...spread(campaign),
  ];
  return [
    ...sentences.map((text, index) =>
      index === 0
        ? paint(tone, mark) + wrapped(text, columns).slice(mark.length)
        : wrapped(text, columns),
    ),
    ...(report === undefined ? [] : [`  report     ${visible(report)}`]),
    ...(campaign.resume === undefined ? [] : [`  resume     ${line(campaign.resume, 10_000)}`]),
    `  ${campaign.replay.startsWith("npx quorate replay ") ? "replay" : "again "}     ${line(campaign.replay, 10_000)}`,
    ...elsewhere(campaign, columns, token || report === undefined),
    ...replayNotes(campaign).map((text) => wrapped(`             (${line(text, 600)})`, columns)),
    "",
  ].join("\n");
}

/**
 * The steps of the smallest failing history. If the summary's first sentence mentions the final phase, also a line that
 * explains it.
 */
function stepLines(steps: readonly string[], why: string): readonly string[] {
  if (steps.length === 0) return [];
  const left = steps.length - stepsAtMost;
  return [
    ...steps.slice(0, stepsAtMost).map((step, index) => `  ${index + 1}. ${line(step, 200)}`),
    ...(left > 0 ? [`  and ${count(left, "more step")}, in the report`] : []),
    ...whatFinalPhaseIs([why]).map((text) => `  (${text})`),
  ];
}

function smallest({ shrunk }: Campaign): readonly string[] {
  if (shrunk === undefined) return [];
  const { operations, faults } = shrunk.to;
  const history = shrunk.history === undefined ? "the whole" : `history ${shrunk.history}`;
  return [
    `  smallest case: ${count(operations, "operation")}, ${count(faults, "fault")} (${history} had ${number(shrunk.from.operations)} and ${number(shrunk.from.faults)})`,
  ];
}

/**
 * Says how to replay on another machine. A long token is printed only if `printed` is true, since many lines would push
 * the verdict off a terminal's screen.
 */
function elsewhere(
  { replayAnywhere }: Campaign,
  columns: number,
  printed: boolean,
): readonly string[] {
  if (replayAnywhere === undefined) return [];
  const text = `  anywhere   ${line(replayAnywhere, 10_000)}`;
  return printed || text.length <= columns
    ? [text]
    : ["  anywhere   the report's first screen has the command for another machine"];
}

/** Breaks a line between words. Further lines are indented like the first word after a sign and its label. */
function wrapped(text: string, columns: number): string {
  const indent = /^ *(?:[^\w\s] \S+ +)?/.exec(text)?.[0].length ?? 0;
  const lines = [""];
  for (const word of text.slice(indent).split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (indent + last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return text.slice(0, indent) + lines.join(`\n${" ".repeat(Math.min(indent, mostIndent))}`);
}

const mostIndent = 20;

/** The findings of a campaign with --keep-going, each with its fingerprint, for a --known file. */
function findings(campaign: Campaign): readonly string[] {
  const title = findingsTitle(campaign);
  if (title === undefined) return [];
  const all = campaign.findings ?? [];
  return [
    `  ${title}:`,
    ...all
      .slice(0, findingsListed)
      .flatMap((finding) => [
        `    ${line(findingLine(finding), 600)}`,
        `      ${line(finding.fingerprint, 400)}`,
      ]),
    ...(all.length > findingsListed
      ? [`    and ${count(all.length - findingsListed, "more finding")}`]
      : []),
  ];
}

/**
 * Says how many histories ran, for example `9 of 200 histories`. For a campaign that did not fail, adds the share of
 * operations that succeeded, and the time.
 */
function ranOf({ histories, asked, operations, verdict, elapsedMs }: Campaign): string {
  const some =
    histories.length < asked
      ? `${number(histories.length)} of ${count(asked, "history", "histories")}`
      : count(histories.length, "history", "histories");
  return verdict === "invalid"
    ? some
    : `${some}, ${share(operations.ok, operations.total)} of ${count(operations.total, "operation")} succeeded, in ${duration(elapsedMs)}`;
}

/**
 * A line for the promises that broke, one for those that could not be judged, and one for those that held. A failing
 * campaign leaves out those that held; the report has them.
 */
function promises(campaign: Campaign): readonly string[] {
  const promised = totalsOf(campaign, true);
  if (promised.length === 0) return ["  nothing was promised"];
  const from = judgedFrom(promised).map((text) => row(" ", "", [`(${text})`]));
  const namesOf = (verdict: Judged): readonly string[] =>
    promised.filter(([, totals]) => totals.verdict === verdict).map(([name]) => line(name, 40));
  return (["invalid", "unknown", "valid"] as const).flatMap((verdict) => {
    const names = namesOf(verdict);
    if (names.length === 0 || (verdict === "valid" && campaign.verdict === "invalid")) return [];
    return [row(signs[verdict], fared[verdict], names), ...(verdict === "valid" ? from : [])];
  });
}

/**
 * Names guarantees that failed although no promise was broken, since a store may promise less under the settings and
 * faults of one history than under those of another. One line says that this is expected.
 */
function observed(campaign: Campaign): readonly string[] {
  const names = [...totalsOf(campaign, false), ...totalsOf(campaign, true)]
    .filter(([, totals]) => totals.observed.brokenIn > 0)
    .sort(([, a], [, b]) => b.observed.brokenIn - a.observed.brokenIn)
    .map(([name]) => line(name, 40));
  if (names.length === 0) return [];
  const [more, shown] = [names.length - namesObserved, names.slice(0, namesObserved)];
  return [
    row("○", "expected", [
      `${shown.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""} failed only where the store does not promise ${names.length === 1 ? "it" : "them"}, because of the history's settings or faults`,
    ]),
  ];
}

const namesObserved = 3;

/**
 * Names guarantees that were not judged: one line for all that need something which this run lacks, and a line for each
 * other reason. For other reasons, only promised guarantees are named.
 */
function missing(campaign: Campaign): readonly string[] {
  const lacking = [...totalsOf(campaign, true), ...totalsOf(campaign, false)].filter(
    ([, { promised, inapplicable }]) =>
      inapplicable !== undefined && (promised || inapplicable.startsWith("needs ")),
  );
  const reasons = byReason(lacking);
  const needs = reasons.filter(([reason]) => reason.startsWith("needs "));
  const kinds = new Set(needs.map(([reason]) => line(reason.slice(6).replace(/:.*/, ""), 40)));
  const names = needs.flatMap(([, rows]) => rows.map(([name]) => name));
  return [
    ...(names.length === 0
      ? []
      : [
          skipped(
            names.slice(0, namesSkipped),
            `${names.length > namesSkipped ? ` and ${count(names.length - namesSkipped, "other guarantee")}` : ""}: ${names.length === 1 ? "needs" : "need"} ${[...kinds].join(", ")}, which this run does not have`,
          ),
        ]),
    ...reasons
      .filter(([reason]) => !reason.startsWith("needs "))
      .map(([reason, rows]) =>
        skipped(
          rows.map(([name]) => name),
          `: ${line(reason, 200)}`,
        ),
      ),
  ];
}

const namesSkipped = 4;

const skipped = (names: readonly string[], why: string): string =>
  row(signs["not-applicable"], "skipped", [
    `${names.map((name) => line(name, 40)).join(", ")}${why}`,
  ]);

const row = (sign: string, how: string, names: readonly string[]): string =>
  `  ${sign} ${how.padEnd("observed".length)} ${names.join(", ")}`;

/**
 * Says which faults happened while operations ran, which shows how hard the store was tried. For a failing campaign,
 * says only which faults never happened.
 */
function faults(campaign: Campaign): readonly string[] {
  const never = neverInjected(campaign);
  const missing = never === null ? [] : [row(" ", "", [line(never, 400)])];
  if (campaign.verdict === "invalid") return missing;
  const kinds = Object.entries(campaign.faults).filter(([, { injected }]) => injected > 0);
  if (kinds.length === 0) return ["  ⚡ faults   none was injected", ...missing];
  const sum = (of: "injected" | "overlapped"): number =>
    kinds.reduce((total, [, fault]) => total + fault[of], 0);
  const idle = kinds.filter(([, { overlapped }]) => overlapped === 0).map(([kind]) => kind);
  return [
    row("⚡", "faults", [
      `${count(sum("injected"), "fault")} of ${count(kinds.length, "kind")}, which operations met ${count(sum("overlapped"), "time")}${idle.length === 0 ? "" : `; ${idle.map((kind) => line(kind, 40)).join(", ")} met no operation`}`,
    ]),
    ...missing,
  ];
}

/** How far and how fast broadcasts spread. */
function spread(campaign: Campaign): readonly string[] {
  const text = spreadText(campaign);
  return text === undefined ? [] : [row("⇄", "spread", [text])];
}

function reasons(campaign: Campaign, why: string): readonly string[] {
  if (campaign.verdict !== "unknown") return [];
  return campaign.reasons
    .filter((reason) => reason !== why && reason !== campaign.interrupted)
    .slice(0, 3)
    .map((reason) => `  ${line(reason, 300)}`);
}

/**
 * Text of a history in one line, cut after `limit` characters. A line feed in the text must not make it look like a
 * line of this summary.
 */
const line = (text: string, limit: number): string => clip(text.replace(/\s+/g, " "), limit);
