/** Formats numbers, verdicts and sizes in the same way in every kind of report. */
import type { Anomaly, Outcome } from "../checkers/index.ts";
import type { PlanSize } from "../generators/index.ts";
import type { Campaign, GuaranteeTotals } from "./campaign.ts";
import { clip } from "./markup.ts";

export type Judged = Outcome | "not-applicable";

/** The fewest samples for which quantiles and most plots are shown, since for fewer samples they would tell nothing. */
export const samplesAtLeast = 30;

/** Signs for verdicts. They differ in shape, so that readers need no colour. */
export const signs: Readonly<Record<Judged, string>> = {
  valid: "✓",
  invalid: "✕",
  unknown: "?",
  "not-applicable": "–",
};

/** Words for the result of a guarantee. */
export const fared: Readonly<Record<Judged, string>> = {
  valid: "held",
  invalid: "broken",
  unknown: "unknown",
  "not-applicable": "not applicable",
};

/** Words for the result of a guarantee that was not promised. If it did not hold, no promise was broken. */
export const showed: Readonly<Record<Judged, string>> = { ...fared, invalid: "did not hold" };

/** Why shrinking ended, if it tried everything smaller. */
export const nothingSmaller = "no smaller case that was tried fails in the same way";

/** Whether shrinking tried everything smaller, also in files of earlier versions, which say it in other words. */
export const triedAllSmaller = (ended: string): boolean =>
  [nothingSmaller, "nothing smaller fails in the same way"].some((text) => ended.startsWith(text));

/** All of the names: "n1", "n1 and n2", "n1, n2 and n3". */
export const allOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

/** One of the names: "n1", "n1 or n2", "n1, n2 or n3". */
export const anyOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;

export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${number(amount)} ${amount === 1 ? one : many}`;

// Created once, since creating a format takes long.
const upToThreeDigits = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const upToOneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const number = (amount: number): string => upToThreeDigits.format(amount);

/** A share in percent, or "–" if the whole is 0. */
export const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${upToOneDigit.format((100 * part) / whole)} %`;

export function duration(ms: number): string {
  if (ms < 1_000)
    return `${ms.toLocaleString("en", { maximumSignificantDigits: ms < 10 ? 3 : 4, maximumFractionDigits: 3 })} ms`;
  if (ms < 120_000) return `${number(Math.round(ms / 10) / 100)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

const upToFourDigits = new Intl.NumberFormat("en", {
  maximumSignificantDigits: 4,
  maximumFractionDigits: 3,
});

/**
 * Makes a function that formats durations, given in ms, in one unit, for a table, plot or sentence with several of
 * them. The unit suits the longest of them, `mostMs`.
 */
export function durationsUpTo(mostMs: number): (ms: number) => string {
  return mostMs < 10_000
    ? (ms) => `${upToFourDigits.format(ms)} ms`
    : (ms) => `${upToFourDigits.format(ms / 1_000)} s`;
}

export const size = ({ operations, faults, clients, keys, nodes }: PlanSize): string =>
  [
    count(operations, "operation"),
    count(faults, "fault"),
    count(clients, "client"),
    count(keys, "key"),
    count(nodes, "node"),
  ].join(", ");

/** Names the kinds of fault that the user asked for and no history injected. Null if there are none. */
export function neverInjected({ faults }: Campaign): string | null {
  const never = Object.keys(faults).filter((kind) => faults[kind]?.injected === 0);
  return never.length === 0
    ? null
    : `Faults that were asked for, but never injected: ${never.map((kind) => clip(kind, 40)).join(", ")}`;
}

/** The size of the case before shrinking, for example `history 17: 35 operations, …`. */
export const shrunkFrom = ({ history, from }: NonNullable<Campaign["shrunk"]>): string =>
  `${history === undefined ? "" : `history ${history}: `}${size(from)}`;

/** Says how many histories could not be judged. Empty if all were. */
function notJudged(histories: Campaign["histories"]): string {
  const unknown = histories.filter(({ verdict }) => verdict === "unknown").length;
  return unknown === 0
    ? ""
    : `, except that ${count(unknown, "history", "histories")} could not be judged`;
}

/** The verdict's reason, or what held, in one sentence. */
export function headline(campaign: Campaign): string {
  const { histories, operations } = campaign;
  const ran = `${count(histories.length, "history", "histories")} and ${count(operations.total, "operation")}`;
  const why = clip(
    tellingAnomalies(campaign)[0]?.anomaly.explanation ?? campaign.reasons[0] ?? "",
    1_000,
  );
  switch (campaign.verdict) {
    case "valid":
      // If no history ran, the sentence says only why.
      return histories.length === 0 && campaign.reasons[0] !== undefined
        ? campaign.reasons[0]
        : `every promise held in ${ran}${notJudged(histories)}`;
    case "invalid":
      return why || "a promise was broken";
    case "unknown":
      return clip(
        campaign.interrupted ??
          campaign.reasons[0] ??
          `after ${ran}, it is not known whether every promise held`,
        1_000,
      );
  }
}

/**
 * Notes for a reader who replays the failure: what the command with the token needs on another machine, and in how
 * many runs the smallest case failed again, if it did not fail each time. Empty if there is nothing to note.
 */
export function replayNotes({
  replayAnywhere,
  replayNeeds = [],
  shrunk,
}: Campaign): readonly string[] {
  const { runs, failed } = shrunk?.reproduced ?? { runs: 0, failed: 0 };
  const needed = allOf(replayNeeds.map((need) => clip(need, 300)));
  return [
    ...(replayAnywhere === undefined || needed === ""
      ? []
      : [`on another machine, the command with the token needs ${needed}`]),
    ...(failed === runs
      ? []
      : [
          `the smallest case failed again in only ${number(failed)} of ${count(runs, "run")}, so one replay may not show the failure`,
        ]),
  ];
}

/** Whether the first history of the campaign's report shows what failed. It does not if only a node's error did. */
export const showsFailure = ({ verdict, nodeFault, anomalies }: Campaign): boolean =>
  verdict === "invalid" && (nodeFault === undefined || anomalies.length > 0);

/** Says how many histories ran twice, and of the first of them why. Undefined if no history did. */
export function retriedHistories({ histories }: Campaign): string | undefined {
  const twice = histories.flatMap(({ index, retried }) =>
    retried === undefined ? [] : [{ index, retried }],
  );
  const [first] = twice;
  if (first === undefined) return undefined;
  const more = twice.length === 1 ? "" : `, and ${twice.length - 1} more`;
  return `${count(twice.length, "history", "histories")} ran twice, because the environment failed: history ${first.index} (${clip(first.retried, 300)})${more}`;
}

/**
 * The promised guarantees, or those that were only observed. Broken guarantees come first, then unknown, held and
 * inapplicable ones.
 */
export function totalsOf(
  campaign: Campaign,
  promised: boolean,
): readonly (readonly [name: string, totals: GuaranteeTotals])[] {
  const order: readonly Judged[] = ["invalid", "unknown", "valid", "not-applicable"];
  return Object.entries(campaign.guarantees)
    .filter(([, totals]) => totals.promised === promised)
    .sort(([, a], [, b]) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

/** Groups guarantees that were not applicable by their reasons. An unknown reason is empty. */
export function byReason(
  rows: ReturnType<typeof totalsOf>,
): readonly (readonly [reason: string, rows: ReturnType<typeof totalsOf>])[] {
  const reasonOf = ({ inapplicable = "" }: GuaranteeTotals): string =>
    inapplicable.replace(
      /^judges only the workload \S+(?: or \S+)*, and the workload of this history is (\S+)$/,
      "does not judge the workload $1",
    );
  const reasons = [...new Set(rows.map(([, totals]) => reasonOf(totals)))];
  return reasons.map((reason) => [
    reason,
    rows.filter(([, totals]) => reasonOf(totals) === reason),
  ]);
}

/**
 * A sentence for the guarantees that were judged from less than usual, for each thing that they were judged from:
 * "durable: judged from the last reads …".
 */
export function judgedFrom(rows: ReturnType<typeof totalsOf>): readonly string[] {
  const names = new Map<string, string[]>();
  for (const [name, { judgedFrom: from }] of rows)
    if (from !== undefined) names.set(from, [...(names.get(from) ?? []), clip(name, 60)]);
  return [...names].map(([from, of]) => `${allOf(of)}: judged from ${clip(from, 300)}`);
}

/** Capitalizes the first word unless it is one letter before a digit or a hyphen, as in v0. */
export const sentence = (text: string): string =>
  /^\p{L}+(?![\p{N}-])/u.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;

/**
 * The campaign's anomalies, which are those of the smallest failing history that was found. Anomalies of guarantees
 * that broke in no history before shrinking come last.
 */
export function tellingAnomalies(
  campaign: Campaign,
): readonly { readonly anomaly: Anomaly; readonly smallestOnly: boolean }[] {
  const told = campaign.anomalies.map((anomaly) => ({
    anomaly,
    smallestOnly: campaign.guarantees[anomaly.guarantee]?.verdict !== "invalid",
  }));
  return [
    ...told.filter(({ smallestOnly }) => !smallestOnly),
    ...told.filter(({ smallestOnly }) => smallestOnly),
  ];
}

/** A line that explains the final phase if one of these sentences mentions it, else nothing. */
export const whatFinalPhaseIs = (sentences: readonly string[]): readonly string[] =>
  sentences.some((text) => /\b(?:in the|the) final phase\b/.test(text))
    ? ["final phase: after all faults have ended, quorate waits for repair and reads every key"]
    : [];

/** The tested target, the platform, the seed and the planted bug, in a few words. */
export const subject = (campaign: Campaign): string =>
  `${campaign.target.name} ${campaign.target.version} on ${campaign.on}, seed ${campaign.seed}${campaign.bug === undefined ? "" : `, planted bug ${campaign.bug}`}`;
