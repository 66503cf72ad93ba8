/**
 * The page for another tool's history, with the verdict, the timeline and, if the history is invalid, the operations
 * that show this.
 */
import type { ForeignAnomaly, ForeignOperation, LegalPrefix, Outcome } from "../checkers/index.ts";
import { page } from "./html.ts";
import { clip, type Insertable, type Markup, markup } from "./markup.ts";
import { dataBlock, pack } from "./pack.ts";
import { count, number, sentence, signs } from "./report-messages.ts";
import { cycleFigure } from "./sections/cycle.ts";
import { packed, timelineFigure } from "./sections/exhibit.ts";
import { contents, fold } from "./sections/fold.ts";
import { readingSection } from "./sections/reading.ts";
import type { Trace, TraceOperation } from "./trace/trace-shape.ts";

/** What `quorate check --html` knows about a file. */
export interface ForeignReport {
  readonly file: string;
  readonly verdict: Outcome;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** A sentence about how the file was read: its format and model, and which of these were given or guessed. */
  readonly reading: string;
  /** The command that makes this page again. */
  readonly command: string;
  readonly version: string;
  readonly operations: readonly ForeignOperation[];
  readonly anomalies: readonly (ForeignAnomaly & { readonly prefix?: LegalPrefix })[];
  /** The number of anomalies that were found. `anomalies` has fewer of them if there are many. */
  readonly found: number;
}

const anomaliesAtMost = 20;
const operationsAtMost = 100_000;
const stepsAtMost = 20;
const titles = { valid: "Valid", invalid: "Invalid", unknown: "Unknown" } as const;

export function renderForeign(report: ForeignReport): string {
  const { verdict, anomalies, operations, file } = report;
  const [first] = anomalies;
  return page(
    `${verdict} – ${clip(file, 80)}`,
    markup`${contents([
      ["Verdict", "verdict"],
      ...(anomalies.length > 0 ? [["What was found", "why"] as const] : []),
      ["What was not tested", "untested"],
      ["Timeline", "exhibit-0"],
      ["Key by key", "keys"],
      ["How it was read", "setting"],
      ["How to read", "reading"],
    ])}
<main>
${verdictHeader(report)}
${first !== undefined && smallestPart(first, operations)}
${againLine(report.command)}
${anomalies.length > 0 && found(report)}
${untested(report)}
${timeline(report)}
${keys(report)}
${howRead(report)}
${readingSection()}
</main>
<footer><p class="quiet">quorate ${report.version}. This file is complete in itself: it makes no request.</p></footer>`,
  );
}

function verdictHeader({
  verdict,
  anomalies,
  reasons,
  operations,
  file,
  reading,
}: ForeignReport): Markup {
  const [first] = anomalies;
  const why =
    first?.explanation ??
    reasons[0] ??
    `all ${count(operations.length, "operation")} fit the model`;
  const broken =
    first &&
    markup`<span class="subject">${first.guarantee} is broken: a bug of the store if the store promises it with these settings, which the file does not say</span>`;
  return markup`<header class="verdict ${verdict}" id="verdict">
<p class="sign" aria-hidden="true">${signs[verdict]}</p>
<div>
<h1>${titles[verdict]}${broken}</h1>
<p class="headline">${clip(sentence(why), 2_000)}</p>
<p class="quiet">${clip(file, 200)}: ${reading} · <a href="#untested">what was not tested</a></p>
</div>
</header>`;
}

const againLine = (command: string): Markup => markup`<div class="replays"><div class="replay">
<span id="replay-label">Judge it again</span>
<code id="replay" tabindex="0" role="region" aria-labelledby="replay-label">${command}</code>
<button type="button" data-copy="replay" aria-label="Copy the command">Copy</button>
</div></div>`;

function timeline(report: ForeignReport): Markup {
  const { length } = report.operations;
  const trace = traceOf(report);
  const cut = `The first ${number(operationsAtMost)} of ${count(length, "operation")}.`;
  return fold(
    {
      id: "exhibit-0",
      title: "Timeline",
      note: "in the order of the file’s events, which have no common clock",
      open: true,
    },
    markup`${length > operationsAtMost && markup`<p class="quiet">${cut}</p>`}
${timelineFigure(0, trace)}
${dataBlock("trace-0", pack(JSON.stringify(packed(trace))))}`,
  );
}

const clientsOnly =
  "From the file, quorate reads only what clients saw: no messages, nodes or faults, and not what replicas held.";

/** What the file does not tell, and what was therefore not judged. */
function untested({ operations, reading }: ForeignReport): Markup {
  const open = operations.filter(({ outcome }) => outcome === "info" || outcome === "open").length;
  const sentences = [
    `Only this was judged: ${reading}. Other models and guarantees were not.`,
    `${clientsOnly} So none of these was judged, and this page shows none of them.`,
    ...(open > 0
      ? [
          `${count(open, "operation")} of ${number(operations.length)} got no definite answer. Each may or may not have taken effect, so the history is legal if either assumption explains what the clients saw.`,
        ]
      : []),
  ];
  return fold(
    { id: "untested", title: "What was not tested", note: count(sentences.length, "thing") },
    markup`<ul>${sentences.map((text) => markup`<li>${clip(text, 1_000)}</li>`)}</ul>`,
  );
}

const howRead = ({ reading, notes }: ForeignReport): Markup =>
  fold(
    { id: "setting", title: "How it was read" },
    markup`<p>${sentence(reading)}.</p>
${notes.length > 0 && markup`<ul>${notes.map((note) => markup`<li>${clip(note, 1_000)}</li>`)}</ul>`}`,
  );

/**
 * The operations of a small illegal part of the history, if one was found, otherwise those that the anomaly names. The
 * longest legal order or the cycle stands beside them, if the anomaly has one.
 */
function smallestPart(
  anomaly: ForeignReport["anomalies"][number],
  operations: readonly ForeignOperation[],
): Markup {
  const figure = pictureOf(anomaly, operations);
  const { part } = anomaly;
  return markup`<div class="case${figure === undefined && " alone"}">
<section aria-labelledby="case-title"><h2 id="case-title">${partTitle(anomaly)}</h2>
${part !== undefined && markup`<p class="quiet">${freedWords(part.length)}</p>`}
${steps(part === undefined ? anomaly : { ...anomaly, operations: part }, operations)}</section>
${figure}</div>`;
}

const freedWords = (size: number): string =>
  size === 1
    ? "This operation fits no order, even if the others take effect at any time after their start, or never."
    : "These operations have no legal order, even if the others take effect at any time after their start, or never.";

/**
 * The title above the operations of an anomaly. The operations that an anomaly names are not always illegal without all
 * others. For example, a search names the operation that it cannot place and the last change before that operation,
 * which may have a legal order by themselves. So the title says that they are illegal only if such a part was found or
 * `prefix` is complete.
 */
function partTitle({ part, prefix, cycle }: ForeignReport["anomalies"][number]): string {
  if (cycle !== undefined && cycle.length > 1) return "The operations of the cycle";
  return part !== undefined || prefix?.isComplete === true
    ? "A part that is illegal by itself"
    : "The operations that the sentence names";
}

function steps(
  { operations: ops, cycle }: ForeignAnomaly,
  operations: readonly ForeignOperation[],
): Markup {
  const named = ops.flatMap((op) => operations[op] ?? []);
  // The operations of a cycle have the names T1, T2, … in the order of the cycle.
  const shown = cycle === undefined ? named.toSorted((a, b) => a.start - b.start) : named;
  const more = shown.length - stepsAtMost;
  const lines = shown.slice(0, stepsAtMost).map((operation, index) => {
    const name = cycle !== undefined && markup`<strong>T${index + 1}</strong> `;
    const link = markup`<a class="op" href="#e0-op${operation.op}">show</a>`;
    return markup`<li><span class="time">line ${operation.startLine}</span> <span>${name}${told(operation)} ${link}</span></li>`;
  });
  return markup`<ol class="steps">${lines}</ol>
${more > 0 && markup`<p class="quiet">and ${count(more, "more operation")}</p>`}`;
}

function pictureOf(
  { prefix, cycle }: ForeignReport["anomalies"][number],
  operations: readonly ForeignOperation[],
): Markup | undefined {
  if (cycle !== undefined && cycle.length > 1)
    return figureBeside(
      markup`The cycle <span class="quiet">an arrow means: comes before</span>`,
      cycleFigure(cycle),
    );
  if (prefix === undefined) return undefined;
  const at = (op: number): string => {
    const operation = operations[op];
    return operation === undefined ? "" : `line ${operation.startLine}, ${told(operation)}`;
  };
  const legal = prefix.order.map(
    (op) => markup`<li><span class="time">✓ legal</span> <span>${at(op)}</span></li>`,
  );
  return figureBeside(
    "How far a legal order gets",
    markup`${legal.length === 0 ? markup`<p>None of these operations can come first.</p>` : markup`<ol class="steps">${legal}</ol>`}
<p>The register holds <strong>${clip(prefix.state, 80)}</strong>. No operation can come next:</p>
<ul class="plain">${prefix.blocked.map(({ op, because }) => markup`<li>✕ ${at(op)}: ${because}.</li>`)}</ul>`,
  );
}

const figureBeside = (title: Insertable, figure: Markup): Markup =>
  markup`<section aria-labelledby="picture-title"><h2 id="picture-title">${title}</h2>
${figure}</section>`;

/** An operation in one line, for example `process 1: read x → 2 (answered in line 7)`. */
function told({ process, f, key, asked, answered, outcome, endLine }: ForeignOperation): string {
  const what = [
    f,
    ...(key === undefined ? [] : [key]),
    ...(asked === null || f === "read" ? [] : [clip(asked, 160)]),
  ].join(" ");
  const result = {
    ok: f === "read" || f === "txn" ? `→ ${clip(answered ?? "nil", 160)}` : "→ ok",
    fail: "→ failed",
    info: "→ nobody knows",
    open: "→ no answer",
  }[outcome];
  const answer = endLine === undefined ? "" : ` (answered in line ${endLine})`;
  return `process ${clip(process, 40)}: ${what} ${result}${answer}`;
}

function found({ anomalies, operations, found: total }: ForeignReport): Markup {
  const shown = anomalies.slice(0, anomaliesAtMost);
  const more = total - shown.length;
  return fold(
    { id: "why", title: "What was found", note: count(total, "anomaly", "anomalies"), open: true },
    markup`<ol class="anomalies">${shown.map((anomaly, index) => item(anomaly, index, operations))}</ol>
${more > 0 && markup`<p class="quiet">and ${number(more)} more</p>`}
<p class="quiet">${clientsOnly} So this page cannot say why the anomalies happened, whether a fault was to blame, or which node held what.</p>`,
  );
}

/** One anomaly of the list. The first one has its operations and its figure on the first screen. */
function item(
  anomaly: ForeignReport["anomalies"][number],
  index: number,
  operations: readonly ForeignOperation[],
): Markup {
  const { guarantee, key, explanation } = anomaly;
  const ofKey =
    key !== undefined && markup` <span class="quiet">key <bdi>${clip(key, 60)}</bdi></span>`;
  return markup`<li><p><strong>${guarantee}</strong>${ofKey}
<a class="show" href="#e0-anomaly${index}">show on the timeline</a></p>
<p class="explanation">${clip(explanation, 2_000)}</p>
${index > 0 && steps(anomaly, operations)}${index > 0 && index < 6 && pictureOf(anomaly, operations)}</li>`;
}

/**
 * The table of keys: the number of operations of each key, their outcomes, and whether the key has an anomaly. Keys
 * with anomalies come first. At most 200 keys are listed.
 */
function keys({ operations, anomalies, found: total }: ForeignReport): Markup {
  const rows = new Map<string, { total: number; ok: number; fail: number }>();
  for (const operation of operations) {
    const key = rowOf(operation);
    const row = rows.get(key) ?? { total: 0, ok: 0, fail: 0 };
    rows.set(key, row);
    row.total++;
    if (operation.outcome === "ok") row.ok++;
    if (operation.outcome === "fail") row.fail++;
  }
  // Compares the keys of operations, since an anomaly may have its key in another form, or no key.
  const broken = new Set(
    anomalies.flatMap((anomaly) => anomaly.operations.map((op) => rowOf(operations[op]))),
  );
  const nothing = total > anomalies.length ? "no listed anomaly" : "nothing found";
  const sorted = [...rows]
    .sort(([a], [b]) => Number(broken.has(b)) - Number(broken.has(a)))
    .slice(0, 200);
  return fold(
    { id: "keys", title: "Key by key", note: count(rows.size, "key") },
    innerTable(
      sorted.map(
        ([
          key,
          { total: all, ok, fail },
        ]) => markup`<tr><th scope="row"><bdi>${clip(key, 60)}</bdi></th>
<td>${broken.has(key) ? "✕ an anomaly" : nothing}</td>
${[all, ok, fail, all - ok - fail].map((amount) => markup`<td class="figure">${number(amount)}</td>`)}</tr>`,
      ),
    ),
  );
}

/** The name of the row that counts the operation in the table of keys. */
const rowOf = (operation: ForeignOperation | undefined): string => operation?.key ?? "(one object)";

const figures = ["operations", "ok", "failed", "indeterminate"];

const innerTable = (
  rows: readonly Markup[],
): Markup => markup`<div class="wide" tabindex="0" role="group" aria-label="Keys"><table>
<thead><tr><th scope="col">key</th><th scope="col">found</th>
${figures.map((name) => markup`<th scope="col" class="figure">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;

/**
 * Makes the trace that the timeline draws. One event of the file is one unit of the time axis, since most such files
 * have no clock that all clients share.
 */
function traceOf({ operations, anomalies }: ForeignReport): Trace {
  const shown = operations.slice(0, operationsAtMost);
  const endUs =
    shown.reduce((most, { start, end }) => Math.max(most, start, end === Infinity ? 0 : end), 0) +
    1;
  return {
    axis: "events",
    fromUs: 0,
    endUs,
    clients: [...new Set(shown.map(({ process }) => clip(process, 60)))].sort((a, b) =>
      a.localeCompare(b, "en", { numeric: true }),
    ),
    nodes: [],
    operations: shown.map(operationOf).sort((a, b) => a.startUs - b.startUs),
    faults: [],
    phases: [],
    messages: [],
    syncs: [],
    anomalies: anomalies.map(({ guarantee, explanation, operations: ops }) => ({
      guarantee,
      promised: true,
      explanation: clip(explanation, 1_000),
      operations: ops,
    })),
  };
}

function operationOf(operation: ForeignOperation): TraceOperation {
  const { op, process, f, key, asked, answered, outcome, start, end } = operation;
  const isRead = f === "read";
  return {
    op,
    client: clip(process, 60),
    process: op,
    node: `line ${operation.startLine}`,
    f: isRead ? "read" : "write",
    ...(f !== "read" && f !== "write" && { name: clip(f, 40) }),
    key: clip(key ?? "", 60),
    startUs: start,
    ...(end !== Infinity && { endUs: end }),
    outcome,
    ...(!isRead && { value: clip(f === "txn" ? (answered ?? asked ?? "") : (asked ?? ""), 200) }),
    ...(isRead &&
      outcome === "ok" && { versions: [{ version: "", value: clip(answered ?? "nil", 200) }] }),
  };
}
