/** Collects what a campaign did not judge and did not try, so that a report can say it in one place. */
import type { Campaign, Coverage } from "./campaign.ts";
import type { ExhibitView } from "./exhibit-view.ts";
import { clip } from "./markup.ts";
import { allOf, anyOf, byReason, count, judgedFrom, number, totalsOf } from "./report-messages.ts";

/** A group of things that were not tested. */
export interface Untested {
  readonly title: string;
  /** One sentence for each thing. */
  readonly sentences: readonly string[];
}

/**
 * What the campaign did not test, without groups that are empty. `first` is the first history of the report, which shows
 * what the target let quorate see. Undefined: there is none.
 */
export function untestedOf(
  campaign: Campaign,
  first: ExhibitView | undefined,
): readonly Untested[] {
  return [
    { title: "Guarantees that were not judged", sentences: notJudged(campaign) },
    { title: "Guarantees that were judged only in part", sentences: partlyJudged(campaign) },
    { title: "Guarantees that were not promised", sentences: notPromised(campaign) },
    { title: "Histories that did not run or could not be judged", sentences: histories(campaign) },
    { title: "Faults, operations and settings that were not covered", sentences: notMet(campaign) },
    { title: "What quorate could not observe", sentences: notSeen(first) },
  ].filter(({ sentences }) => sentences.length > 0);
}

type Rows = ReturnType<typeof totalsOf>;

const namesOf = (rows: Rows): string => allOf(rows.map(([name]) => name));

const itOrThem = (rows: Rows): string => (rows.length === 1 ? "it" : "them");

const all = (campaign: Campaign): Rows => [
  ...totalsOf(campaign, true),
  ...totalsOf(campaign, false),
];

function notJudged(campaign: Campaign): readonly string[] {
  const rows = all(campaign);
  const missing = rows.filter(([, { verdict }]) => verdict === "not-applicable");
  const unknown = rows.filter(([, { verdict }]) => verdict === "unknown");
  return [
    ...byReason(missing).map(
      ([reason, of]) => `${namesOf(of)}: ${reason === "" ? "not applicable" : clip(reason, 300)}.`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          `${namesOf(unknown)}: the verdict is unknown in every history that could have judged ${itOrThem(unknown)}.`,
        ]),
  ];
}

function partlyJudged(campaign: Campaign): readonly string[] {
  const partly = totalsOf(campaign, true).filter(
    ([, { promisedIn, judgedIn, verdict }]) =>
      verdict !== "not-applicable" && verdict !== "unknown" && judgedIn < promisedIn,
  );
  const listed = partly
    .map(
      ([name, { promisedIn, judgedIn }]) =>
        `${name} (judged in ${number(judgedIn)} of ${number(promisedIn)})`,
    )
    .join(", ");
  return [
    ...judgedFrom(all(campaign)).map((text) => `${text}.`),
    ...(partly.length === 0
      ? []
      : [
          `Judged only in some of the histories that promised ${itOrThem(partly)}; the others had nothing to judge, or their verdict is unknown: ${listed}.`,
        ]),
  ];
}

function notPromised(campaign: Campaign): readonly string[] {
  const total = campaign.histories.length;
  const never = totalsOf(campaign, false).filter(([, { verdict }]) => verdict !== "not-applicable");
  const partly = totalsOf(campaign, true).filter(([, { promisedIn }]) => promisedIn < total);
  const listed = partly
    .map(([name, { promisedIn }]) => `${name} (in ${number(promisedIn)})`)
    .join(", ");
  return [
    ...(never.length === 0
      ? []
      : [
          `${namesOf(never)}: under the settings and faults of these histories, the store never promises ${itOrThem(never)}, so a failure would not make the verdict invalid.`,
        ]),
    ...(partly.length === 0
      ? []
      : [
          `Promised only in some of the ${count(total, "history", "histories")}, so a failure in the others would not make the verdict invalid: ${listed}.`,
        ]),
  ];
}

function histories({ histories: ran, asked, verdict, bug, findings }: Campaign): readonly string[] {
  const unknown = ran.filter((row) => row.verdict === "unknown").length;
  const left = asked - ran.length;
  // A campaign with --keep-going has findings.
  const endsAtFailure = verdict === "invalid" && bug === undefined && findings === undefined;
  const why = endsAtFailure ? ", because the first failure ends the run" : "";
  return [
    ...(left > 0
      ? [`${number(left)} of ${count(asked, "history", "histories")} did not run${why}.`]
      : []),
    ...(unknown > 0
      ? [
          `${count(unknown, "history has", "histories have")} the verdict unknown: quorate could not judge whether ${unknown === 1 ? "it breaks" : "they break"} a promise.`,
        ]
      : []),
  ];
}

function notMet({ faults, coverage }: Campaign): readonly string[] {
  const asked = new Set([...Object.keys(faults), ...Object.keys(coverage?.met ?? {})]);
  const never = [...asked].filter((kind) => (faults[kind]?.injected ?? 0) === 0);
  const idle = Object.keys(faults).filter(
    (kind) => (faults[kind]?.injected ?? 0) > 0 && faults[kind]?.overlapped === 0,
  );
  const kinds = Object.keys(faults).filter((kind) => (faults[kind]?.injected ?? 0) > 0);
  const names = (list: readonly string[]): string => allOf(list.map((kind) => clip(kind, 40)));
  return [
    kinds.length === 0
      ? "No fault was injected: the run shows only how the store behaves without faults."
      : `No faults other than ${names(kinds)} were injected.`,
    ...(never.length > 0
      ? [`Faults that were asked for, but never injected: ${names(never)}.`]
      : []),
    ...(idle.length > 0
      ? [`Faults that were injected, but that no operation met: ${names(idle)}.`]
      : []),
    ...(coverage === undefined ? [] : [...neverTogether(coverage, kinds), ...neverSet(coverage)]),
  ];
}

/** Operations that no client tried, and operations that were tried but met no fault of a kind that was injected. */
function neverTogether({ tried, met }: Coverage, kinds: readonly string[]): readonly string[] {
  const untried = Object.keys(tried).filter((f) => tried[f] === 0);
  const used = Object.keys(tried).filter((f) => (tried[f] ?? 0) > 0);
  const apart = kinds.flatMap((kind) => {
    const without = used.filter((f) => (met[kind]?.[f] ?? 0) === 0);
    return without.length === 0 || without.length === used.length
      ? []
      : [`No operation of the kind ${anyOf(without)} met the fault ${clip(kind, 40)}.`];
  });
  return [
    ...(untried.length > 0 ? [`No client tried an operation of the kind ${anyOf(untried)}.`] : []),
    ...apart,
  ];
}

function neverSet({ settings }: Coverage): readonly string[] {
  const values = Object.entries(settings).flatMap(([setting, counts]) =>
    Object.keys(counts)
      .filter((value) => counts[value] === 0)
      .map((value) => `${setting}=${clip(value, 40)}`),
  );
  return values.length === 0 ? [] : [`No history had the setting ${anyOf(values)}.`];
}

function notSeen(first: ExhibitView | undefined): readonly string[] {
  const run = first?.exhibit.events.find((event) => event.e === "run");
  if (run === undefined) return [];
  const { evidence, inspection, versions, processes } = run.capabilities;
  return [
    ...(evidence
      ? []
      : [
          "This run recorded no evidence, so quorate saw neither the messages between nodes nor the syncs of their disks.",
        ]),
    ...(inspection
      ? []
      : [
          "This target’s replicas cannot be inspected, so quorate saw what they hold only through reads.",
        ]),
    ...(versions === "none" ? ["This target does not show the versions of values."] : []),
    ...(processes === true
      ? []
      : [
          "Nothing watched the nodes’ processes, so quorate would not notice a node that ended by itself.",
        ]),
    ...(run.on === "sim"
      ? [
          "The nodes ran in the simulator, so real networks, disks and operating systems were not tested.",
        ]
      : []),
  ];
}
