/** A summary for the page of a CI job. */
import type { Campaign } from "./campaign.ts";
import { findingLine, findingsListed, findingsTitle } from "./findings.ts";
import { clip } from "./markup.ts";
import {
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
  showed,
  shrunkFrom,
  signs,
  size,
  subject,
  tellingAnomalies,
  totalsOf,
  neverInjected,
} from "./report-messages.ts";

const anomaliesAtMost = 5;

/**
 * Renders the campaign as GitHub-flavoured Markdown. Text from a history is escaped, so that it cannot become markup, a
 * link or a mention.
 */
export function renderMarkdown(campaign: Campaign): string {
  const { operations, shrunk } = campaign;
  const twice = retriedHistories(campaign);
  // Guarantees that were neither promised nor applicable tell a reader nothing.
  const observed = totalsOf(campaign, false).filter(
    ([, { verdict }]) => verdict !== "not-applicable",
  );
  const guarantees = [...totalsOf(campaign, true), ...observed];
  const faults = Object.entries(campaign.faults).filter(([, { injected }]) => injected > 0);
  const never = neverInjected(campaign);
  const told = tellingAnomalies(campaign).slice(0, anomaliesAtMost);
  const more = (campaign.anomaliesFound ?? campaign.anomalies.length) - told.length;
  return [
    `## ${signs[campaign.verdict]} quorate: ${campaign.verdict}`,
    "",
    `**${plain(sentence(headline(campaign)))}**`,
    "",
    `${count(campaign.histories.length, "history", "histories")} on ${plain(subject(campaign))}: ${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} ok, in ${duration(campaign.elapsedMs)}. quorate ${plain(campaign.version)}.`,
    ...(campaign.interrupted === undefined
      ? []
      : ["", `Ended early: ${plain(campaign.interrupted)}`]),
    ...(twice === undefined ? [] : ["", plain(sentence(twice))]),
    "",
    ...told.map(
      ({ anomaly, smallestOnly }) =>
        `- **${anomaly.guarantee}**${smallestOnly ? ", in the smallest history" : ""}: ${plain(anomaly.explanation)}`,
    ),
    ...(more > 0 ? [`- and ${number(more)} more`] : []),
    ...(shrunk === undefined
      ? []
      : ["", `Smallest history: ${size(shrunk.to)} (from ${shrunkFrom(shrunk)}).`]),
    "",
    ...findings(campaign),
    ...(campaign.resume === undefined
      ? []
      : ["Go on with the stopped run:", "", ...fenced(campaign.resume), ""]),
    "Run it again:",
    "",
    ...fenced(campaign.replayAnywhere ?? campaign.replay),
    ...replayNotes(campaign).flatMap((text) => ["", `${plain(sentence(text))}.`]),
    ...(campaign.again === undefined
      ? []
      : [
          "",
          campaign.verdict === "invalid"
            ? "Find the failure again, from the seed:"
            : "Run the whole campaign again, from the seed:",
          "",
          ...fenced(campaign.again),
        ]),
    "",
    "| guarantee | | verdict | judged in | broken in |",
    "| --- | --- | --- | ---: | ---: |",
    ...guarantees.map(
      ([name, totals]) =>
        `| ${name} | ${totals.promised ? "promised" : "observed"} | ${signs[totals.verdict]} ${(totals.promised ? fared : showed)[totals.verdict]} | ${number(totals.judgedIn)} | ${number(totals.brokenIn)} |`,
    ),
    ...judgedFrom(guarantees).flatMap((text) => ["", `${plain(text)}.`]),
    ...(faults.length === 0
      ? ["", "No fault was injected."]
      : [
          "",
          "| fault | injected | operations overlapped |",
          "| --- | ---: | ---: |",
          ...faults.map(
            ([kind, { injected, overlapped }]) =>
              `| ${plain(kind)} | ${number(injected)} | ${number(overlapped)} |`,
          ),
        ]),
    ...(never === null ? [] : ["", `${plain(never)}.`]),
    "",
  ].join("\n");
}

/** The findings of a campaign with --keep-going, each with its fingerprint, which a --known file may list. */
function findings(campaign: Campaign): readonly string[] {
  const title = findingsTitle(campaign);
  if (title === undefined) return [];
  return [
    `${title}:`,
    "",
    ...(campaign.findings ?? [])
      .slice(0, findingsListed)
      .flatMap((finding) => [
        `1. ${plain(findingLine(finding))}`,
        ...fenced(finding.fingerprint).map((text) => `   ${text}`),
      ]),
    "",
  ];
}

/**
 * Replaces characters that could begin markup of Markdown or HTML by character references, and line ends by spaces.
 * GitHub looks for mentions and issue numbers only after it has read these references. So an empty comment follows each
 * @ and each #.
 */
function plain(text: string): string {
  return clip(text, 1_000)
    .replace(/\s+/g, " ")
    .replace(
      /[&<>"'`*_[\]()|~\\!{}$]|:(?=\/\/)|(?<=www)\./gi,
      (character) => `&#${character.charCodeAt(0)};`,
    )
    .replace(/(?<!&)[@#]/g, (character) => `${character}<!-- -->`);
}

/** A code block with the text as one line. Its fence is longer than any run of backticks in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}sh`, text.replace(/\r?\n/g, " "), fence];
}
