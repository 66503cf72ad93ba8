/** Pages about hunts: how well the tester finds planted bugs. */
import type { HuntedBug, HuntedControl, HuntReport } from "../hunt.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { count, duration, number, share } from "../report-messages.ts";
import { page, runLink } from "./page.ts";
import type { ListedRun } from "./run.ts";

export type ListedHunt = ListedRun & { readonly hunt: HuntReport };

export const isHunt = (run: ListedRun): run is ListedHunt => run.hunt !== undefined;

/** A hunt's result in one line, for example "38 of 38 planted bugs found; 0 alarms in 500 healthy histories: …". */
export function huntInWords({
  bugs = [],
  controlRuns = [],
}: Pick<HuntReport, "bugs" | "controlRuns">): string {
  const found =
    bugs.length === 0
      ? []
      : [
          `${number(bugs.filter((bug) => bug.found).length)} of ${count(bugs.length, "planted bug")} found`,
        ];
  const histories = controlRuns.reduce((sum, run) => sum + run.histories, 0);
  const alarms = controlRuns.reduce((sum, run) => sum + run.alarms.length, 0);
  const silent =
    controlRuns.length === 0
      ? []
      : [
          `${count(alarms, "alarm")} in ${count(histories, "healthy history", "healthy histories")}${alarms === 0 && histories > 0 ? `: at most ${share(3, histories)} of histories raise an alarm (with 95 % confidence)` : ""}`,
        ];
  return [...found, ...silent].join("; ") || "nothing was hunted";
}

export function renderHunt(run: ListedHunt): string {
  const { name, hunt } = run;
  return page(
    clip(name, 80),
    markup`<p class="crumbs"><a href="/">← all runs</a></p><section><h1><bdi>${clip(name, 120)}</bdi></h1><p class="headline">${huntInWords(hunt)}</p>
<p class="quiet">on ${hunt.on}, seed ${String(hunt.seed)}, at most ${count(hunt.max, "history", "histories")} a bug${!hunt.evidence && ", judged without the nodes’ evidence"} · started ${clip(hunt.startedAt, 40)}, took ${duration(hunt.elapsedMs)} · quorate ${clip(hunt.version, 40)}</p>
${hunt.interrupted !== undefined && markup`<p class="interrupted"><strong>Ended early:</strong> ${clip(hunt.interrupted, 300)}</p>`}
<p class="replay"><span>Run it again</span> <code>${clip(hunt.command, 500)}</code></p>
<p class="files">${run.files.map((file) => markup`<a href="${runLink(name, file)}">${file}</a> `)}</p>
${huntTables(hunt)}</section>`,
  );
}

export const huntTables = ({ bugs = [], controlRuns = [] }: HuntReport): Markup =>
  markup`${bugs.length > 0 && bugTable(bugs)}${controlRuns.length > 0 && controlTable(controlRuns)}`;

const bugTable = (
  bugs: readonly HuntedBug[],
): Markup => markup`<div class="wide"><table><caption>Planted bugs</caption><thead><tr><th scope="col">bug</th><th scope="col">found through</th><th scope="col" class="figure">histories</th><th scope="col" class="figure">seconds</th><th scope="col">per history (95 %)</th><th scope="col">shrunk to</th><th scope="col">what it did</th></tr></thead>
<tbody>${[...bugs].sort((a, b) => Number(a.found) - Number(b.found)).map(bugRow)}</tbody></table></div>`;

function bugRow({
  bug,
  source,
  found,
  guarantee,
  histories,
  seconds,
  measured,
  shrunk,
  explanation,
  because = [],
  replay,
}: HuntedBug): Markup {
  const chance =
    measured === null
      ? "–"
      : `${share(measured.share, 1)} (${share(measured.low, 1)} to ${share(measured.high, 1)})`;
  return markup`<tr><th scope="row">${clip(bug, 60)}<br><span class="quiet">${clip(source, 120)}</span></th><td>${found ? markup`<span class="badge valid">✓ ${clip(guarantee ?? "?", 60)}</span>` : markup`<span class="badge invalid">✕ missed</span>`}</td><td class="figure">${number(measured?.medianHistories ?? histories)}</td><td class="figure">${number(seconds)}</td><td>${chance}</td><td>${shrunk === null ? "–" : `${count(shrunk.operations, "operation")}, ${count(shrunk.faults, "fault")}, ${count(shrunk.nodes, "node")}`}</td><td>${explanation !== null && clip(explanation, 400)}${because.length > 0 && markup`<ul class="because">${because.slice(0, 8).map((text) => markup`<li>${clip(text, 400)}</li>`)}</ul>`}${replay !== null && markup` <details><summary>replay</summary><code>${clip(replay, 4_000)}</code></details>`}</td></tr>`;
}

const controlTable = (
  controlRuns: readonly HuntedControl[],
): Markup => markup`<div class="wide"><table><caption>Control runs: the same settings, faults and seeds without the bug</caption><thead><tr><th scope="col">control run of</th><th scope="col" class="figure">histories</th><th scope="col">alarms</th><th scope="col" class="figure">unknown</th><th scope="col" class="figure">operations ok</th></tr></thead>
<tbody>${[...controlRuns].sort((a, b) => b.alarms.length - a.alarms.length).map(({ bug, histories, alarms, unknown, okShare }) => markup`<tr><th scope="row">${clip(bug, 60)}</th><td class="figure">${number(histories)}</td><td>${alarms.length === 0 ? "none" : alarms.slice(0, 3).map(({ explanation, replay }) => markup`<p>${clip(explanation, 400)} <code>${clip(replay, 4_000)}</code></p>`)}</td><td class="figure">${number(unknown)}</td><td class="figure">${share(okShare, 1)}</td></tr>`)}</tbody></table></div>`;
