/** The legend of the timeline. */
import { clip, type Markup, markup, trusted } from "../markup.ts";
import { faultTexture } from "../page/texture.ts";
import type { Trace, TraceMessage } from "../trace/trace-shape.ts";

const entries: readonly (readonly [picture: string, meaning: string])[] = [
  [`<rect class="ink-write" x="2" y="3" width="24" height="10"/>`, "write"],
  [`<rect class="edge-read" x="3" y="4" width="22" height="8"/>`, "read"],
  [
    `<rect class="ink-delete" x="2" y="3" width="24" height="10"/><path class="edge-surface" d="M4 4 24 12"/>`,
    "delete",
  ],
  [
    `<rect class="edge-fail" x="3" y="4" width="16" height="8"/><path class="edge-fail" d="m18 4 8 8m0-8-8 8"/>`,
    "failed: never happened",
  ],
  [
    `<rect class="edge-info" x="3" y="4" width="14" height="8" stroke-dasharray="3 2"/><path class="edge-info" d="M17 8h11" stroke-dasharray="1 3"/>`,
    "indeterminate",
  ],
  [`<rect class="edge-witness" x="3" y="2" width="22" height="12"/>`, "⚑ named by the anomaly"],
  [`<path class="edge-request" d="M2 3 24 13m-6-.5 6 .5-3.500-5"/>`, "request"],
  [`<path class="edge-reply" d="M2 3 24 13" stroke-dasharray="5 3"/>`, "reply"],
  [
    `<path class="edge-read-repair" d="M2 3 26 13" stroke-dasharray="8 3 2 3"/><path class="sign-read-repair" d="M12 2h4v4h4v4h-4v4h-4v-4H8V6h4z"/>`,
    "read repair",
  ],
  [
    `<path class="edge-handoff" d="M2 3 26 13" stroke-dasharray="1 3"/><path class="sign-handoff" d="m14 3 5 9h-10z"/>`,
    "hinted handoff",
  ],
  [
    `<path class="edge-exchange" d="M2 3 26 13" stroke-dasharray="10 4"/><circle class="sign-exchange" cx="14" cy="8" r="4"/>`,
    "exchange (anti-entropy)",
  ],
  [`<path class="edge-request" d="M2 4 14 9m-3-4 8 8m0-8-8 8"/>`, "never arrived"],
  [`<path class="ink-sync" d="m14 2 5 6-5 6-5-6z"/>`, "log synced: durable"],
];

const stream = [
  `<path class="edge-stream" d="M2 3 26 13" stroke-dasharray="14 3 4 3"/><path class="sign-stream" d="M9.500 3.500h9v9h-9z"/>`,
  "stream to a new owner",
] as const;
const owners = [
  [`<path class="edge-owner" d="M2 8h26"/>`, "owns the key in focus"],
  [
    `<path class="edge-owner" d="M2 8h26" stroke-dasharray="4 4"/>`,
    "gets the key’s writes, but no reads",
  ],
] as const;

/**
 * Renders the legend. It lists a kind of fault, repair, request or reply only if this history has it, syncs only if any
 * are known, and the lines of a key's owners only if membership changed.
 */
export function legend({ faults, operations, messages, syncs, rings }: Trace): Markup {
  const kinds = [...new Set(faults.map(({ kind }) => kind))].sort();
  const has = (kind: TraceMessage["kind"]): boolean =>
    messages.some((message) => message.kind === kind);
  const absent = new Set([
    ...(has("request") ? [] : ["request"]),
    ...(has("reply") ? [] : ["reply"]),
    ...(has("read-repair") ? [] : ["read repair"]),
    ...(has("handoff") ? [] : ["hinted handoff"]),
    ...(has("exchange") ? [] : ["exchange (anti-entropy)"]),
    ...(messages.length > 0 ? [] : ["never arrived"]),
    ...(syncs.length > 0 ? [] : ["log synced: durable"]),
  ]);
  const shown = [
    ...entries.filter(([, meaning]) => !absent.has(meaning)),
    ...(messages.some(({ kind }) => kind === "stream") ? [stream] : []),
    ...(rings === undefined ? [] : owners),
  ];
  return markup`<ul class="legend" aria-label="legend">${shown.map(([drawn, meaning]) => item(drawn, meaning))}${kinds.map((kind) => item(tiled(kind), kind))}${
    operations.some(({ final }) => final) &&
    markup`<li><strong>final phase</strong> after all faults ended, quorate reads every key</li>`
  }</ul>`;
}

const item = (drawn: string, meaning: string): Markup =>
  markup`<li><svg viewBox="0 0 30 16" width="30" height="16" aria-hidden="true">${trusted(drawn)}</svg> ${clip(meaning, 40)}</li>`;

/** Six tiles of a fault's texture. `kind` only selects a path. The text of `kind` itself is never inserted. */
const tiled = (kind: string): string =>
  [0, 8, 16]
    .flatMap((x) =>
      [0, 8].map(
        (y) =>
          `<path class="edge-fault" transform="translate(${x + 3} ${y})" d="${faultTexture(kind)}"/>`,
      ),
    )
    .join("");
