/** The summary that a person reads in ten seconds. */
import type { Campaign } from "./campaign.ts";
import { findingLine, findingsListed, findingsTitle } from "./findings.ts";
import { clip } from "./markup.ts";
import {
  count,
  duration,
  fared,
  headline,
  retriedHistories,
  number,
  sentence,
  share,
  shrunkFrom,
  signs,
  size,
  subject,
  tellingAnomalies,
  totalsOf,
  whatFinalPhaseIs,
  byReason,
  neverInjected,
} from "./report-messages.ts";

import { spreadText } from "./spread.ts";

export interface TerminalOptions {
  /** With ANSI colours; the words and signs say the same without them. */
  readonly color?: boolean;
  /** Sentences are broken at words so that no line is longer; paths and commands stay whole. Absent: none is broken. */
  readonly columns?: number;
  /** The smallest failing history, a line each. */
  readonly steps?: readonly string[];
  /** Where report.html is. */
  readonly report?: string;
}

const anomaliesAtMost = 3;
const stepsAtMost = 9;

/**
 * Plain text, ending in a line feed. Control characters out of a history are spelled out, so nothing in it can drive a
 * terminal.
 */
export function renderTerminal(
  campaign: Campaign,
  { color = false, columns = Number.POSITIVE_INFINITY, steps = [], report }: TerminalOptions = {},
): string {
  const paint = (code: number, text: string): string =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const tone = { valid: 32, invalid: 31, unknown: 33 }[campaign.verdict];
  const { shrunk } = campaign;
  const why = headline(campaign);
  const twice = retriedHistories(campaign);
  const told = tellingAnomalies(campaign).slice(0, anomaliesAtMost);
  const mark = `${signs[campaign.verdict]} ${campaign.verdict.toUpperCase()}`;
  const sentences = [
    `${mark}  ${line(sentence(why), 600)}`,
    `  ${subject(campaign)}: ${ranOf(campaign)}, in ${duration(campaign.elapsedMs)}`,
    ...(campaign.interrupted !== undefined && campaign.interrupted !== why
      ? [`  ended early: ${line(campaign.interrupted, 300)}`]
      : []),
    ...(twice === undefined ? [] : [`  ${line(twice, 400)}`]),
    ...reasons(campaign, why),
    "",
    ...steps.slice(0, stepsAtMost).map((step, index) => `  ${index + 1}. ${line(step, 200)}`),
    ...(steps.length > stepsAtMost
      ? [`  and ${count(steps.length - stepsAtMost, "more step")}, in the report`]
      : []),
    ...(steps.length > 0
      ? whatFinalPhaseIs(told.map(({ anomaly }) => anomaly.explanation)).map((text) => `  ${text}`)
      : []),
    ...(shrunk === undefined
      ? []
      : [`  That is the smallest case: ${size(shrunk.to)} (from ${shrunkFrom(shrunk)}).`, ""]),
    ...told.flatMap(({ anomaly, smallestOnly }, index) =>
      index === 0 && anomaly.explanation === why
        ? []
        : [
            `  ${anomaly.guarantee}${smallestOnly ? ", in the smallest history" : ""}: ${line(anomaly.explanation, 400)}`,
          ],
    ),
    ...(campaign.anomalies.length > anomaliesAtMost
      ? [
          `  and ${count(campaign.anomalies.length - anomaliesAtMost, "more anomaly", "more anomalies")}`,
        ]
      : []),
    ...findings(campaign),
    ...promises(campaign),
    ...observed(campaign),
    ...missing(campaign),
    ...worth(campaign),
    ...spread(campaign),
    "",
  ];
  return [
    ...sentences.map((text, index) =>
      index === 0
        ? paint(tone, mark) + wrapped(text, columns).slice(mark.length)
        : wrapped(text, columns),
    ),
    ...(report === undefined ? [] : [`  report  ${report}`]),
    `  ${campaign.replay.startsWith("npx quorate replay ") ? "replay" : "again "}  ${line(campaign.replay, 10_000)}`,
    ...(campaign.replayAnywhere === undefined
      ? []
      : [`  or, on any machine: ${line(campaign.replayAnywhere, 10_000)}`]),
    "",
  ].join("\n");
}

/** Broken at words; what goes on stands under the first word, after a sign and such. */
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

/** Of a campaign that kept going: each bug once, with the line that --known takes. */
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

/** How much ran: `36 of 60 histories, 2,075 operations, 94.7 % succeeded`. */
function ranOf({ histories, asked, operations }: Campaign): string {
  const some =
    histories.length < asked
      ? `${number(histories.length)} of ${count(asked, "history", "histories")}`
      : count(histories.length, "history", "histories");
  return `${some}, ${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} succeeded`;
}

/**
 * One line for each way in which promises fared, the broken first. Of what held beside a broken promise, the number
 * says enough.
 */
function promises(campaign: Campaign): readonly string[] {
  const promised = totalsOf(campaign, true);
  if (promised.length === 0) return ["  nothing was promised"];
  return (["invalid", "unknown", "valid"] as const).flatMap((verdict) => {
    const names = promised
      .filter(([, totals]) => totals.verdict === verdict)
      .map(([name]) => line(name, 40));
    if (names.length === 0) return [];
    return [
      verdict === "valid" && campaign.verdict === "invalid"
        ? row(signs[verdict], fared[verdict], [count(names.length, "other promise")])
        : row(signs[verdict], fared[verdict], names),
    ];
  });
}

/** What did not hold where nobody promised it: one line, which says that this is expected. */
function observed(campaign: Campaign): readonly string[] {
  const names = [...totalsOf(campaign, false), ...totalsOf(campaign, true)]
    .filter(([, totals]) => totals.observed.brokenIn > 0)
    .sort(([, a], [, b]) => b.observed.brokenIn - a.observed.brokenIn)
    .map(([name]) => line(name, 40));
  if (names.length === 0) return [];
  const [more, shown] = [names.length - namesObserved, names.slice(0, namesObserved)];
  return [
    row("○", "observed", [
      `${shown.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""} did not hold in histories whose settings do not promise it, as expected`,
    ]),
  ];
}

const namesObserved = 3;

/** Guarantees that could not be judged: one line for all that need what this run does not have, others by reason. */
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

/** What the verdict rests on: faults that met operations. */
function worth(campaign: Campaign): readonly string[] {
  const kinds = Object.entries(campaign.faults).filter(([, { injected }]) => injected > 0);
  const never = neverInjected(campaign);
  const missing = never === null ? [] : [row(" ", "", [line(never, 400)])];
  if (kinds.length === 0) return ["  ⚡ faults   none was injected", ...missing];
  const sum = (of: "injected" | "overlapped"): number =>
    kinds.reduce((total, [, fault]) => total + fault[of], 0);
  const idle = kinds.filter(([, { overlapped }]) => overlapped === 0).map(([kind]) => kind);
  return [
    row("⚡", "faults", [
      `${count(sum("injected"), "fault")} of ${count(kinds.length, "kind")}, met by operations ${count(sum("overlapped"), "time")}${idle.length === 0 ? "" : `; ${idle.map((kind) => line(kind, 40)).join(", ")} met no operation`}`,
    ]),
    ...missing,
  ];
}

/** Of broadcasts. */
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

/** A line feed out of a history must not look like a line of this summary. */
const line = (text: string, limit: number): string => clip(text.replace(/\s+/g, " "), limit);
