/**
 * The first screen of a report: the verdict, one sentence, the smallest case or the run's coverage, and how to run the
 * campaign again.
 */
import type { Campaign } from "../campaign.ts";
import type { Anomaly } from "../../checkers/index.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip, type Markup, markup } from "../markup.ts";
import {
  anyOf,
  count,
  headline,
  number,
  replayNotes,
  retriedHistories,
  sentence,
  share,
  showsFailure,
  signs,
  subject,
  tellingAnomalies,
  totalsOf,
  neverInjected,
} from "../report-messages.ts";
import { spreadText } from "../spread.ts";
import { restartBefore } from "../trace/fault-part.ts";
import { smallestCase } from "./smallest-case.ts";

const titles = { valid: "Valid", invalid: "Invalid", unknown: "Unknown" } as const;

/**
 * Renders the first screen. `first` is the first history of the page. Undefined: the page has none, or it cannot be
 * drawn.
 */
export function firstScreen(campaign: Campaign, first: ExhibitView | undefined): Markup {
  const { verdict, interrupted } = campaign;
  const why = headline(campaign);
  const twice = retriedHistories(campaign);
  const anomaly = tellingAnomalies(campaign)[0]?.anomaly;
  const early =
    interrupted !== undefined &&
    interrupted !== why &&
    markup`<p class="interrupted"><strong>Ended early:</strong> ${clip(interrupted, 1_000)}</p>`;
  return markup`<header class="verdict ${verdict}" id="verdict">
<p class="sign" aria-hidden="true">${signs[verdict]}</p>
<div>
<h1>${titles[verdict]}${broken(campaign, first)}</h1>
<p class="headline">${sentence(why)}</p>
<p class="quiet">${subject(campaign)}${startedWith(campaign)} · ${ran(campaign)} ·
<a href="#untested">what was not tested</a></p>
${verdict === "valid" && first !== undefined && nothingFailed(first)}
${verdict === "unknown" && reasons(campaign, why)}
${early}
${twice !== undefined && markup`<p class="quiet">${sentence(twice)}</p>`}
</div>
</header>
${showsFailure(campaign) && first !== undefined ? smallestCase(first, anomaly) : cards(campaign)}
${replay(campaign)}`;
}

/** Tells readers who look for a failing case that there is none. */
const nothingFailed = ({ exhibit, place }: ExhibitView): Markup =>
  markup`<p class="quiet">No promise was broken, so there is no failing case, and nothing to explain.
To see what a history looks like: <a href="#exhibit-${place}">${exhibit.title}</a>.</p>`;

/** The arguments of the tested program, which stand after `--` in the command: they may be the reason of a failure. */
function startedWith({ command }: Campaign): string {
  const [, ...own] = command.split(" -- ");
  return own.length === 0 ? "" : `, program started with ${clip(own.join(" -- "), 80)}`;
}

/**
 * Names up to three broken guarantees, those of the first sentence first, counts the others, and says of the first
 * whether the store is to blame: the promise may be one that only --promise claimed.
 */
function broken(campaign: Campaign, first: ExhibitView | undefined): Markup | undefined {
  if (campaign.verdict !== "invalid") return undefined;
  const [telling] = tellingAnomalies(campaign);
  if (telling === undefined) return undefined;
  const { anomaly } = telling;
  const names = brokenGuarantees(campaign);
  const more = names.length - brokenAtMost;
  const isOne = names.length === 1;
  const why = first && blame(anomaly, first, isOne ? "it" : anomaly.guarantee);
  return markup`<span class="subject">${names.slice(0, brokenAtMost).join(", ")}
${more > 0 && ` and ${number(more)} more`} ${isOne ? "is" : "are"} broken${why !== undefined && `: ${why}`}</span>`;
}

/** All guarantees whose promise some history broke. Those of the report's first history come first. */
const brokenGuarantees = (campaign: Campaign): readonly string[] => [
  ...new Set([
    ...tellingAnomalies(campaign).map(({ anomaly }) => anomaly.guarantee),
    ...totalsOf(campaign, true).flatMap(([name, { verdict }]) =>
      verdict === "invalid" ? [name] : [],
    ),
  ]),
];

const brokenAtMost = 3;

/** Says whether the store is to blame for the anomaly, whose guarantee the sentence calls `called`. */
function blame(anomaly: Anomaly, view: ExhibitView, called: string): string {
  const { events } = view.exhibit;
  const run = events.find((event) => event.e === "run");
  if (run?.promised.some((promised) => promised === anomaly.guarantee) !== true)
    return `${called} was claimed with --promise, but the store does not promise it under these settings and faults`;
  const promises = `a bug of the store, because its settings promise ${called}`;
  if (view.trace.faults.length > 0) return `${promises} under these faults`;
  return restartBefore(view, anomaly) === undefined
    ? `${promises}, and no fault is needed`
    : `${promises}; no fault was injected, only the final phase restarted all nodes`;
}

function ran({ histories, asked, operations, verdict, bug, findings }: Campaign): string {
  // A campaign with a planted bug goes on after failures that the bug is not known to cause. One with --keep-going,
  // which has findings, goes on after every failure.
  const untilFailure = verdict === "invalid" && bug === undefined && findings === undefined;
  const until = untilFailure ? ", up to the first that failed" : "";
  const some =
    histories.length < asked
      ? `${number(histories.length)} of ${count(asked, "history", "histories")} run${until}`
      : count(histories.length, "history", "histories");
  return `${some}, ${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} succeeded`;
}

const reasons = ({ reasons }: Campaign, why: string): Markup =>
  markup`<ul class="reasons">${reasons
    .filter((reason) => !reason.includes(why))
    .slice(0, 5)
    .map((reason) => markup`<li>${clip(reason, 400)}</li>`)}</ul>`;

function replay(campaign: Campaign): Markup {
  const { replayAnywhere, replayNeeds = [] } = campaign;
  const line = (id: string, label: string, command: string): Markup => markup`<div class="replay">
<span id="${id}-label">${label}</span>
<code id="${id}" tabindex="0" role="region" aria-labelledby="${id}-label">${command}</code>
<button type="button" data-copy="${id}" aria-label="Copy the command: ${label}">Copy</button>
</div>`;
  return markup`<div class="replays">${
    campaign.resume !== undefined && line("resume", "Go on with the stopped run", campaign.resume)
  }${
    replayAnywhere === undefined
      ? line("replay", "Run it again", campaign.replay)
      : [
          line(
            "replay",
            replayNeeds.length === 0 ? "Run it again, on any machine" : "Run it again",
            replayAnywhere,
          ),
          line("replay-here", "or from this run’s folder", campaign.replay),
        ]
  }${replayNotes(campaign).map((text) => markup`<p class="quiet">${sentence(text)}.</p>`)}</div>`;
}

const namesAtMost = 24;
const namesOfCard = 8;

/** Shows what was promised and how hard the store was tried, if there is no failing history to show. */
const cards = (campaign: Campaign): Markup => markup`<div class="cards">
${card("promised", "What was promised", promisedCard(campaign))}
${card("tried", "How hard the store was tested", triedCard(campaign))}
${card("unpromised", "What was not promised, and why", unpromisedCard(campaign))}
</div>`;

const card = (
  id: string,
  title: string,
  body: Markup,
): Markup => markup`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>`;

function promisedCard(campaign: Campaign): Markup {
  const rows = totalsOf(campaign, true);
  const all = campaign.histories.length;
  if (rows.length === 0)
    return markup`<p class="warning">No guarantee was promised, so no promise could be broken: this verdict tells nothing about the store.</p>`;
  const more = rows.length - namesAtMost;
  return markup`<ul class="ticks">${rows
    .slice(0, namesAtMost)
    .map(([name, { verdict, meaning, promisedIn, judgedIn, brokenIn, judgedFrom }]) => {
      const figures =
        verdict === "invalid"
          ? `broken in ${number(brokenIn)}`
          : promisedIn < all || judgedIn < promisedIn
            ? `${number(judgedIn)} of ${number(all)}`
            : "all";
      const how = judgedFrom === undefined ? "" : ", by reads";
      const title = judgedFrom === undefined ? meaning : `${meaning}; judged from ${judgedFrom}`;
      return markup`<li title="${title}"><span class="tone-${verdict}">${signs[verdict]}</span>
<strong>${name}</strong> <span class="quiet">${figures}${how}</span></li>`;
    })}</ul>
${more > 0 && markup`<p class="quiet">and <a href="#guarantees">${number(more)} more</a></p>`}
<p class="quiet">A figure counts the histories in which the guarantee was promised and judged${
    rows.some(([, { verdict }]) => verdict === "invalid") &&
    "; “broken in” counts those that broke it"
  }.</p>`;
}

function triedCard(campaign: Campaign): Markup {
  const { histories, operations, faults } = campaign;
  const { total, ok, fail, info } = operations;
  const never = neverInjected(campaign);
  const spread = spreadText(campaign);
  const injectedKinds = Object.entries(faults).filter(([, { injected }]) => injected > 0);
  const kinds = injectedKinds.sort(([, a], [, b]) => b.overlapped - a.overlapped);
  const idle = kinds.filter(([, { overlapped }]) => overlapped === 0);
  const more = kinds.length - kindsAtMost;
  const outcomes = `${share(ok, total)} succeeded, ${share(fail, total)} failed, ${share(info, total)} got no answer`;
  return markup`<p><strong>${count(total, "operation")}</strong>
in ${count(histories.length, "history", "histories")}: ${outcomes}.</p>
${campaign.verdict !== "invalid" && spread !== undefined && markup`<p>Broadcasts: ${spread}.</p>`}
${
  kinds.length === 0
    ? markup`<p class="warning">No fault was injected: this run shows only how the store behaves without faults.</p>`
    : markup`${faultTable(kinds.slice(0, kindsAtMost))}
${more > 0 && markup`<p class="quiet">and ${count(more, "more kind")}: <a href="#worth">what the run covered</a></p>`}
${idle.length > 0 && markup`<p class="warning">No operation met the fault ${anyOf(idle.map(([kind]) => kind))}.</p>`}`
}${never !== null && markup`<p class="warning">${never}.</p>`}`;
}

const kindsAtMost = 8;

const faultTable = (
  kinds: readonly (readonly [kind: string, counts: Campaign["faults"][string]])[],
): Markup => markup`<table class="compact"><thead><tr><th scope="col">fault</th>
<th scope="col" class="figure">times</th><th scope="col" class="figure">operations it met</th></tr></thead>
<tbody>${kinds.map(
  ([kind, { injected, overlapped }]) => markup`<tr><th scope="row">${clip(kind, 24)}</th>
<td class="figure">${number(injected)}</td><td class="figure">${number(overlapped)}</td></tr>`,
)}</tbody></table>`;

function unpromisedCard(campaign: Campaign): Markup {
  const all = campaign.histories.length;
  const others = totalsOf(campaign, false);
  const partly = totalsOf(campaign, true).filter(([, { promisedIn }]) => promisedIn < all);
  const never = others.filter(([, { verdict }]) => verdict !== "not-applicable");
  const missing = others.filter(([, { verdict }]) => verdict === "not-applicable");
  const didNotHold = [...partly, ...never].filter(([, { observed }]) => observed.brokenIn > 0);
  const withFigures = (rows: ReturnType<typeof totalsOf>): string =>
    rows
      .map(([name, { observed }]) =>
        observed.brokenIn === 0
          ? name
          : `${name} (${number(observed.brokenIn)} of ${number(observed.judgedIn)})`,
      )
      .join(", ");
  const more = missing.length - namesOfCard;
  const missed = `${missing
    .slice(0, namesOfCard)
    .map(([name]) => name)
    .join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}`;
  return markup`<ul class="plain">
${
  never.length > 0 &&
  markup`<li><strong>Never</strong>, because the store promises ${never.length === 1 ? "it" : "them"} under the settings and faults of no history:
${withFigures(never)}.</li>`
}
${
  partly.length > 0 &&
  markup`<li><strong>Not in every history</strong>, because settings and faults differ between histories:
${withFigures(partly)}.</li>`
}
${
  missing.length > 0 &&
  markup`<li><strong>Not applicable here</strong>: ${missed}.
<a href="#untested">What was not tested</a> says why.</li>`
}
${
  didNotHold.length > 0 &&
  markup`<li>In brackets: in how many of the histories without the promise the guarantee did not hold.
That is expected under these settings and faults, and is no bug of the store.</li>`
}
</ul>
${never.length + partly.length + missing.length === 0 && markup`<p>Every guarantee that can be judged was promised in every history.</p>`}`;
}
