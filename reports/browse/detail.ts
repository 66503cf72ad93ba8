/** The page of one run with its histories and files, and the comparison of two runs. */
import type { Campaign } from "../campaign.ts";
import { clip, type Insertable, type Markup, markup } from "../markup.ts";
import { guaranteesSection } from "../sections/guarantees.ts";
import {
  count,
  duration,
  headline,
  number,
  sentence,
  share,
  shrunkFrom,
  signs,
  size,
  subject,
} from "../report-messages.ts";
import { time } from "./list.ts";
import { huntInWords, huntTables, type ListedHunt } from "./hunt.ts";
import { badge, page, runLink } from "./page.ts";
import { type ListedRun, replayInWords } from "./run.ts";

const historiesAtMost = 2_000;
const back = markup`<p class="crumbs"><a href="/">← all runs</a></p>`;

/**
 * Renders the page of one run: a campaign, a replay, or a run without either. `latestHunt` is the latest measurement of
 * the tester with planted bugs.
 */
export function renderRun(run: ListedRun, latestHunt?: ListedHunt): string {
  const { name, campaign, problem, files } = run;
  const title = markup`<h1><bdi>${clip(name, 120)}</bdi></h1>`;
  const outer = files.filter((file) => !file.includes("/"));
  const links = markup`<p class="files">${outer.map((file) => link(name, file))}</p>`;
  if (run.replay !== undefined) {
    const { replay } = run;
    return page(
      clip(name, 80),
      markup`${back}<section>${title}<p class="headline">A replay: ${replayInWords(replay)} ${badge(replay.verdict)}</p>
<p class="quiet">on ${replay.on} · started ${time(replay.startedAt)} · of <bdi>${clip(replay.target, 400)}</bdi></p>
<p>Expected: ${clip(replay.expected, 500)}.</p>${links}${inner(run, [])}</section>`,
    );
  }
  if (campaign === undefined)
    return page(
      clip(name, 80),
      markup`${back}<section>${title}<p class="warning">${clip(problem ?? "nothing to show", 500)}</p>
${links}${inner(run, [])}</section>`,
    );
  const others = files.filter((file) => file.startsWith("shrunk-"));
  const { verdict, startedAt, elapsedMs, version, operations } = campaign;
  return page(
    clip(name, 80),
    markup`${back}<header class="verdict ${verdict}"><p class="sign" aria-hidden="true">${signs[verdict]}</p>
<div>${title}<p class="headline">${sentence(headline(campaign))}</p>
<p class="quiet">${subject(campaign)} · started ${time(startedAt)}, took ${duration(elapsedMs)} ·
quorate ${clip(version, 40)} · ${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} ok</p>
${links}<p class="replay"><span>Run it again</span> <code>${clip(campaign.replay, 500)}</code></p></div></header>
${guaranteesSection(campaign)}
<section><h2>Histories</h2>${shrunkLine(run, campaign)}
${others.length > 0 && markup`<p>Smallest cases of the other findings: ${others.map((file) => link(name, file))}</p>`}
${inner(run, campaign.histories)}</section>
${latestHunt !== undefined && huntSection(latestHunt)}`,
  );
}

function shrunkLine({ name, files }: ListedRun, { shrunk }: Campaign): Markup | undefined {
  if (shrunk === undefined) return undefined;
  const own = files.filter((file) => file.startsWith("shrunk/"));
  return markup`<p>Shrunk from ${shrunkFrom(shrunk)}, to <strong>${size(shrunk.to)}</strong>:
${own.map((file) => link(name, file))}</p>`;
}

const huntSection = ({ name, hunt }: ListedHunt): Markup => markup`<section><h2>Planted bugs</h2>
<p>The newest hunt, which tests the tester with planted bugs: <a href="${runLink(name)}">${huntInWords(hunt)}</a>.</p>
<details><summary>The table</summary>${huntTables(hunt)}</details></section>`;

const link = (name: string, file: string): Markup =>
  markup`<a href="${runLink(name, file)}">${file}</a> `;

/** The table of the campaign's histories with their files. Without histories, the files of each folder of the run. */
function inner({ name, files }: ListedRun, rows: Campaign["histories"]): Insertable {
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, Math.max(0, file.lastIndexOf("/")));
    if (folder !== "") byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const filesOf = (folder: string | undefined): Markup => {
    const links = (byFolder.get(folder ?? "") ?? []).map((file) => {
      const last = file.slice(file.lastIndexOf("/") + 1);
      return markup`<a href="${runLink(name, file)}">${last}</a> `;
    });
    return markup`<td class="files">${links}</td>`;
  };
  if (rows.length === 0)
    return [...byFolder.keys()].map(
      (folder) =>
        markup`<table><tbody><tr><th scope="row">${folder}</th>${filesOf(folder)}</tr></tbody></table>`,
    );
  const order = { invalid: 0, unknown: 1, valid: 2 } as const;
  const sorted = [...rows].sort((a, b) => order[a.verdict] - order[b.verdict] || a.index - b.index);
  const hidden = sorted.length - historiesAtMost;
  const figure = (text: string | number): Markup => markup`<td class="figure">${text}</td>`;
  return markup`<div class="wide"><table><thead><tr><th scope="col" class="figure">history</th>
<th scope="col">verdict</th><th scope="col" class="figure">operations</th><th scope="col" class="figure">took</th>
<th scope="col">SHA-256</th><th scope="col">files</th></tr></thead>
<tbody>${sorted.slice(0, historiesAtMost).map(
    ({ index, verdict, operations, elapsedMs, hash, folder }) =>
      markup`<tr>${figure(index)}<td>${badge(verdict)}</td>${figure(number(operations))}${figure(duration(elapsedMs))}
<td><code title="${hash}">${hash.slice(0, 16)}…</code></td>${filesOf(folder)}</tr>`,
  )}</tbody></table></div>${
    hidden > 0 && markup`<p class="quiet">${number(hidden)} more are in campaign.json.</p>`
  }`;
}

type Both = readonly [
  ListedRun & { readonly campaign: Campaign },
  ListedRun & { readonly campaign: Campaign },
];

/** Shows two runs side by side and marks differences. */
export function renderPair(both: Both): string {
  /**
   * A row of the table. `matter` returns the part of a cell that is compared: the row is marked if it differs between
   * the runs. Default: everything that the cells show.
   */
  const row = (label: Insertable, of: (campaign: Campaign) => string, matter = of): Markup => {
    const differs = matter(both[0].campaign) !== matter(both[1].campaign);
    const cells = both.map(({ campaign }) => {
      const text = clip(of(campaign), 400);
      return differs ? markup`<td class="differs">≠ ${text}</td>` : markup`<td>${text}</td>`;
    });
    return markup`<tr><th scope="row">${label}</th>${cells}</tr>`;
  };
  const names = (of: (campaign: Campaign) => object): readonly string[] => [
    ...new Set(both.flatMap(({ campaign }) => Object.keys(of(campaign)))),
  ];
  const heads = both.map(
    ({ name }) =>
      markup`<th scope="col"><a href="${runLink(name)}"><bdi>${clip(name, 80)}</bdi></a></th>`,
  );
  const table = (caption: string, rows: Insertable): Markup =>
    markup`<section><h2>${caption}</h2><div class="wide"><table><thead><tr><th scope="col"></th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
  return page(
    "Two runs",
    markup`${back}<h1>Two runs, side by side</h1>
${table("Runs", [
  row("verdict", ({ verdict }) => `${signs[verdict]} ${verdict}`),
  row("why", headline),
  row("target", ({ on }) => on),
  row("planted bug", ({ bug }) => bug ?? "none"),
  row("seed", ({ seed }) => String(seed)),
  row("command", ({ command }) => command),
  row("quorate", ({ version }) => version),
  row("histories", ({ histories }) => number(histories.length)),
  row("operations", ({ operations }) => number(operations.total)),
  row("ok", ({ operations }) => share(operations.ok, operations.total)),
  row("duration", ({ elapsedMs }) => duration(elapsedMs)),
  row("smallest history", ({ shrunk }) => (shrunk === undefined ? "–" : size(shrunk.to))),
])}
${table(
  "Guarantees",
  names(({ guarantees }) => guarantees).map((name) =>
    row(
      name,
      (campaign) => totalsIn(campaign, name),
      (campaign) => totalsIn(campaign, name).split(",", 1).join(""),
    ),
  ),
)}
${table(
  "Faults",
  names(({ faults }) => faults).map((kind) =>
    row(clip(kind, 60), ({ faults }) => {
      const { injected = 0, overlapped = 0 } = faults[kind] ?? {};
      return Object.hasOwn(faults, kind)
        ? `${number(injected)} injected, ${number(overlapped)} operations overlapped`
        : "none";
    }),
  ),
)}`,
  );
}

function totalsIn({ guarantees }: Campaign, name: string): string {
  const totals = Object.entries(guarantees).find(([each]) => each === name)?.[1];
  if (totals === undefined) return "–";
  const { promised, verdict, judgedIn, brokenIn } = totals;
  const figures = `judged in ${number(judgedIn)}, broken in ${number(brokenIn)}`;
  return `${promised ? "promised" : "observed"}: ${signs[verdict]} ${verdict}, ${figures}`;
}

/** Renders the page for a missing page or another refusal. */
export const renderRefusal = (title: string, what: string): string =>
  page(title, markup`${back}<section><h1>${title}</h1><p>${clip(what, 300)}</p></section>`);
