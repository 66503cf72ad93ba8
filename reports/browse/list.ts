/** The page with the lists of runs, replays and hunts, each with the newest first. */
import type { Campaign } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { count, duration, number, share } from "../report-messages.ts";
import { huntInWords, isHunt, type ListedHunt } from "./hunt.ts";
import { fingerprintList } from "./fingerprints.ts";
import { badge, page, runLink } from "./page.ts";
import {
  brokenOf,
  type ListedRun,
  newestFirst,
  passes,
  profileOf,
  replayInWords,
  type RunFilter,
} from "./run.ts";

const rowsAtMost = 500;

/**
 * Renders the page with the runs that pass the filter, and with replays and hunts, at most 500 of each. `folder` is the
 * folder of runs, which the page names.
 */
export function renderRuns(folder: string, runs: readonly ListedRun[], filter: RunFilter): string {
  const hunts = newestFirst(runs.filter(isHunt));
  const campaigns = runs.filter((run) => !isHunt(run) && run.isReplay === undefined);
  const replays = newestFirst(runs.filter((run) => run.isReplay));
  const found = newestFirst(campaigns.filter((run) => passes(run, filter)));
  const shown = found.length < campaigns.length && `, of which ${number(found.length)} are shown`;
  return page(
    "Runs",
    markup`<section><h1>Runs</h1>
<p class="quiet">${count(campaigns.length, "run")} in ${clip(folder, 200)}${shown}</p>
${filters(runs, filter)}
${found.length === 0 ? markup`<p>${nothing(campaigns)}</p>` : runTable(found)}
${left(found.length, "older runs are left out: the filter finds them")}</section>
${fingerprintList(newestFirst(campaigns))}
${replays.length > 0 && replayList(replays)}
${hunts.length > 0 && huntList(hunts)}`,
  );
}

const nothing = (campaigns: readonly ListedRun[]): Markup | string =>
  campaigns.length === 0
    ? markup`No run yet: <code>npx quorate run --on sim</code> makes one.`
    : "No run matches the filter.";

const left = (length: number, what: string): Markup | false =>
  length > rowsAtMost && markup`<p class="quiet">${number(length - rowsAtMost)} ${what}.</p>`;

const heads = (names: readonly string[], figures: readonly string[] = []): Markup =>
  markup`${names.map((name) => markup`<th scope="col">${name}</th>`)}
${figures.map((name) => markup`<th scope="col" class="figure">${name}</th>`)}`;

const runHeads = heads(
  ["time", "verdict", "broken guarantees", "target", "profile", "seed"],
  ["histories", "a minute", "ok", "time to find", "duration"],
);

const runTable = (
  found: readonly ListedRun[],
): Markup => markup`<form action="/compare" method="get"><div class="wide"><table class="runs">
<thead><tr>${runHeads}<th scope="col">compare</th></tr></thead>
<tbody>${found.slice(0, rowsAtMost).map(row)}</tbody></table></div>
<p><button>Compare A with B</button></p></form>`;

/** The first cell of a row: a link to the run, with its name as the tooltip. */
const nameCell = (name: string, text: string): Markup =>
  markup`<th scope="row" class="name"><a href="${runLink(name)}" title="${clip(name, 200)}">${text}</a></th>`;

const huntList = (
  hunts: readonly ListedHunt[],
): Markup => markup`<section><h2>Hunts for planted bugs</h2><div class="wide"><table class="runs">
<thead><tr>${heads(["time", "outcome", "target", "seed"], ["duration"])}</tr></thead>
<tbody>${hunts.slice(0, rowsAtMost).map(
  ({
    name,
    hunt,
  }) => markup`<tr>${nameCell(name, time(hunt.startedAt))}<td>${huntInWords(hunt)}</td>
<td>${hunt.on}</td><td>${String(hunt.seed)}</td><td class="figure">${duration(hunt.elapsedMs)}</td></tr>`,
)}</tbody></table></div></section>`;

const replayList = (
  replays: readonly ListedRun[],
): Markup => markup`<section><h2>Replays</h2><div class="wide"><table class="runs">
<thead><tr>${heads(["time", "outcome", "verdict", "target", "of"])}</tr></thead>
<tbody>${replays.slice(0, rowsAtMost).map(replayRow)}</tbody></table></div>
${left(replays.length, "older replays are left out")}</section>`;

function replayRow({ name, replay, problem }: ListedRun): Markup {
  if (replay === undefined)
    return markup`<tr>${nameCell(name, clip(name, 80))}
<td colspan="4" class="quiet">${clip(problem ?? "nothing to show", 200)}</td></tr>`;
  const { target } = replay;
  return markup`<tr>${nameCell(name, time(replay.startedAt))}<td>${replayInWords(replay)}</td>
<td>${badge(replay.verdict)}</td><td>${replay.on}</td>
<td class="name"><bdi title="${clip(target, 400)}">${clip(target, 80)}</bdi></td></tr>`;
}

function filters(runs: readonly ListedRun[], filter: RunFilter): Markup {
  const profiles = [
    ...new Set(
      runs.flatMap(({ campaign }) => (campaign === undefined ? [] : [profileOf(campaign)])),
    ),
  ].sort();
  const platforms = [
    ...new Set(
      runs.flatMap(({ campaign }) => (campaign === undefined ? [] : [clip(campaign.on, 40)])),
    ),
  ].sort();
  const select = (
    name: "verdict" | "on" | "profile",
    label: string,
    values: readonly string[],
  ): Markup =>
    markup`<label>${label}<select name="${name}"><option value="">all</option>${values.map(
      (value) =>
        markup`<option value="${value}"${filter[name] === value && markup` selected`}>${value}</option>`,
    )}</select></label>`;
  return markup`<form class="choose" action="/" method="get">
${select("verdict", "verdict", ["valid", "invalid", "unknown"])}
${select("on", "platform", platforms)}${select("profile", "profile", profiles)}
<label>seed, bug, guarantee or word<input name="text" value="${filter.text}" maxlength="100"></label>
<button>Filter</button></form>`;
}

function row({ name, campaign, problem }: ListedRun): Markup {
  const live = markup` <a href="${runLink(name, "live")}">live</a>`;
  if (campaign === undefined)
    return markup`<tr><th scope="row" class="name"><a href="${runLink(name)}"><bdi>${clip(name, 80)}</bdi></a></th>
<td colspan="10" class="warning">${clip(problem ?? "nothing to show", 200)}${problem?.includes("still running") && live}</td>
<td></td></tr>`;
  const { verdict, interrupted, target, on, bug, seed, histories, operations } = campaign;
  const figures = [
    number(histories.length),
    aMinute(campaign),
    share(operations.ok, operations.total),
    timeToFind(campaign),
    duration(campaign.elapsedMs),
  ];
  return markup`<tr>${nameCell(name, time(campaign.startedAt))}
<td>${badge(verdict)}${interrupted?.startsWith("still running") && live}</td>
<td class="broken">${clip(brokenOf(campaign).join(", "), 200) || "–"}</td>
<td>${clip(target.name, 40)} on ${clip(on, 40)}${bug !== undefined && ` + ${clip(bug, 40)}`}</td>
<td>${profileOf(campaign)}</td><td>${String(seed)}</td>
${figures.map((figure) => markup`<td class="figure">${figure}</td>`)}
<td><label>A <input type="radio" name="a" value="${name}"></label>
<label>B <input type="radio" name="b" value="${name}"></label></td></tr>`;
}

/** Shortens a time of ISO 8601: 2026-11-23T20:15:00.000Z → 2026-11-23 20:15:00. */
export const time = (iso: string): string =>
  clip(iso.replace("T", " ").replace(/(\.\d+)?Z$/, ""), 40);

/** The number of histories a minute, which shows a pipeline's trend. */
const aMinute = ({ histories, elapsedMs }: Campaign): string =>
  elapsedMs === 0 ? "–" : number(Math.round((histories.length * 60_000) / elapsedMs));

/** The time of all histories up to and including the first invalid one. Shrinking is not included. */
function timeToFind({ histories }: Campaign): string {
  const first = histories.reduce(
    (least, { verdict, index }) => (verdict === "invalid" ? Math.min(least, index) : least),
    Infinity,
  );
  if (first === Infinity) return "–";
  return duration(
    histories.reduce((sum, { index, elapsedMs }) => sum + (index <= first ? elapsedMs : 0), 0),
  );
}
