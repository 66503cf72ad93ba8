/**
 * JUnit XML with a test case for each history and each promised guarantee that is applicable, so that CI servers show
 * and count them.
 */
import type { Campaign, HistoryRow } from "./campaign.ts";
import { clip, type Markup, markup, trusted } from "./markup.ts";
import { findingOf } from "./findings.ts";
import { count, headline, totalsOf } from "./report-messages.ts";

/**
 * Renders the campaign as JUnit XML. A broken promise is a `failure` unless the campaign has only known failures. An
 * unknown verdict is an `error`. Guarantees that are not promised or not applicable are left out. A history with a
 * known finding passes, and its output names the finding. If a node's error or something else ended the run early, or
 * if neither guarantees nor histories tell the verdict, a case of the suite `run` says why. Characters that XML forbids are written as escapes.
 */
export function renderJunit(campaign: Campaign): string {
  const judged = [
    suite(
      "guarantees",
      totalsOf(campaign, true).flatMap(([name, totals]) => guaranteeCase(campaign, name, totals)),
    ),
    suite(
      "histories",
      campaign.histories.map((row) => historyCase(campaign, row)),
    ),
  ];
  const run = runCase(campaign, judged);
  const suites = [...judged, ...(run === null ? [] : [suite("run", [run])])];
  const sum = (of: keyof Counts): number =>
    suites.reduce((total, { counts }) => total + counts[of], 0);
  return markup`${trusted('<?xml version="1.0" encoding="UTF-8"?>')}
<testsuites name="quorate" tests="${sum("tests")}" failures="${sum("failures")}" errors="${sum("errors")}" skipped="${sum("skipped")}" time="${seconds(campaign.elapsedMs)}">
${suites.map(
  ({
    name,
    counts,
    cases,
  }) => markup`<testsuite name="quorate.${name}" tests="${counts.tests}" failures="${counts.failures}" errors="${counts.errors}" skipped="${counts.skipped}" timestamp="${campaign.startedAt}" time="${seconds(name === "histories" ? campaign.elapsedMs : 0)}">
<properties><property name="seed" value="${campaign.seed}"/><property name="on" value="${campaign.on}"/><property name="version" value="${campaign.version}"/><property name="target" value="${`${campaign.target.name} ${campaign.target.version}`}"/><property name="command" value="${campaign.again ?? campaign.command}"/><property name="replay" value="${campaign.replayAnywhere ?? campaign.replay}"/></properties>
${cases.map(({ markup: inner }) => inner)}</testsuite>
`,
)}</testsuites>
`.text;
}

type Result = "passed" | "failures" | "errors" | "skipped";
type Counts = { readonly tests: number } & Readonly<Record<Exclude<Result, "passed">, number>>;

interface Case {
  readonly result: Result;
  readonly markup: Markup;
}

function suite(
  name: string,
  cases: readonly Case[],
): { readonly name: string; readonly cases: readonly Case[]; readonly counts: Counts } {
  const of = (result: Result): number => cases.filter((one) => one.result === result).length;
  return {
    name,
    cases,
    counts: {
      tests: cases.length,
      failures: of("failures"),
      errors: of("errors"),
      skipped: of("skipped"),
    },
  };
}

/**
 * A case for what no guarantee and no history tells: a node's error, another early end of the run, or reasons for the
 * verdict that concern all histories together. Null if there is none of them.
 */
function runCase(campaign: Campaign, judged: readonly ReturnType<typeof suite>[]): Case | null {
  const { nodeFault, interrupted, withoutKnown, verdict } = campaign;
  const decided = withoutKnown ?? verdict;
  const isTold =
    decided === "valid" ||
    judged.some(({ counts }) => counts[decided === "invalid" ? "failures" : "errors"] > 0);
  if (nodeFault === undefined && interrupted === undefined && isTold) return null;
  const isFailure = nodeFault !== undefined || (interrupted === undefined && decided === "invalid");
  const element = trusted(isFailure ? "failure" : "error");
  const why = clip(nodeFault ?? interrupted ?? headline(campaign), 2_000);
  const text = [...campaign.reasons.slice(0, 10), ...runAgain(campaign)].join("\n");
  return {
    result: isFailure ? "failures" : "errors",
    markup: markup`<testcase classname="quorate.run" name="run" time="0"><${element} type="${nodeFault !== undefined ? "node-fault" : decided}" message="${why}">${text}</${element}></testcase>\n`,
  };
}

function guaranteeCase(
  campaign: Campaign,
  name: string,
  totals: ReturnType<typeof totalsOf>[number][1],
): readonly Case[] {
  const own = campaign.anomalies.filter((anomaly) => anomaly.guarantee === name);
  const judged = `judged in ${totals.judgedIn} of ${totals.promisedIn} histories that promised the guarantee, broken in ${totals.brokenIn}`;
  const open = markup`<testcase classname="quorate.guarantees" name="${name}" time="0">`;
  const passed = (said: string): readonly Case[] => [
    { result: "passed", markup: markup`${open}<system-out>${said}</system-out></testcase>\n` },
  ];
  switch (totals.verdict) {
    case "valid":
      return passed(judged);
    case "not-applicable":
      return [];
    case "unknown":
      return [
        {
          result: "errors",
          markup: markup`${open}<error type="unknown" message="${judged}">${totals.meaning}</error></testcase>\n`,
        },
      ];
    case "invalid": {
      // If all failures are known, the guarantee's case passes, so that it does not fail a pipeline.
      if (campaign.withoutKnown !== undefined && campaign.withoutKnown !== "invalid")
        return passed(`${judged}; all of these anomalies are known`);
      const text = [
        totals.meaning,
        judged,
        ...own.slice(0, 10).map(({ explanation }) => clip(explanation, 2_000)),
        ...runAgain(campaign),
      ].join("\n");
      const why =
        own[0]?.explanation ??
        campaign.findings?.find(({ guarantee }) => guarantee === name)?.explanation ??
        totals.brokenFirst ??
        judged;
      return [
        {
          result: "failures",
          markup: markup`${open}<failure type="${name}" message="${clip(why, 500)}">${text}</failure></testcase>\n`,
        },
      ];
    }
  }
}

/** The commands with which a reader sees the failure again. */
const runAgain = ({ replay, replayAnywhere, again, command }: Campaign): readonly string[] => [
  `replay: ${replayAnywhere ?? replay}`,
  `find it again: ${again ?? command}`,
];

function historyCase(campaign: Campaign, row: HistoryRow): Case {
  const open = markup`<testcase classname="quorate.histories" name="history ${row.index}" time="${seconds(row.elapsedMs)}">`;
  const why = clip(row.why ?? row.verdict, 500);
  const what = `${count(row.operations, "operation")}, SHA-256 ${row.hash}${row.folder === undefined ? "" : `, in ${row.folder}`}`;
  switch (row.verdict) {
    case "valid":
      return { result: "passed", markup: markup`${open}</testcase>\n` };
    case "unknown":
      return {
        result: "errors",
        markup: markup`${open}<error type="unknown" message="${why}">${what}</error></testcase>\n`,
      };
    case "invalid": {
      const finding = findingOf(campaign, row);
      if (finding?.known === true)
        return {
          result: "passed",
          markup: markup`${open}<system-out>${`known: ${finding.fingerprint}`}</system-out></testcase>\n`,
        };
      const text = [
        what,
        ...(finding === undefined ? [] : [`finding: ${finding.fingerprint}`]),
        ...(finding?.replayAnywhere === undefined
          ? runAgain(campaign)
          : runAgain({ ...campaign, replayAnywhere: finding.replayAnywhere })),
      ].join("\n");
      return {
        result: "failures",
        markup: markup`${open}<failure type="invalid" message="${why}">${text}</failure></testcase>\n`,
      };
    }
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);
