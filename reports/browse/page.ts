/** The frame of every page of `quorate serve`: no script at all, one style sheet, allowed by its hash. */
import { createHash } from "node:crypto";
import { type Insertable, type Markup, markup, trusted } from "../markup.ts";
import { styleSheet } from "../style.ts";

const style = `${styleSheet}
.runs td, .runs th { white-space: nowrap } .runs .name { max-width: 280px; overflow: hidden; text-overflow: ellipsis }
.runs .broken { white-space: normal; color: var(--invalid) }
.choose { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: end; margin: 0 0 12px }
.choose label { font-size: 13px; color: var(--muted) } .choose select, .choose input { display: block; font: inherit; font-size: 14px; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px }
.crumbs { margin: 0 0 4px } .files a { margin-right: 12px } .differs { background: var(--unknown-tint) }
`;

/** For the server's Content-Security-Policy: the one style sheet of these pages. */
export const browseStyleHash = `'sha256-${createHash("sha256").update(style, "utf8").digest("base64")}'`;

export function page(title: string, ...parts: readonly Insertable[]): string {
  return markup`${trusted("<!doctype html>")}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} – quorate</title><style>${trusted(style)}</style></head>
<body><main>${parts}</main><footer><p class="quiet">quorate serve: read only, on this machine only.</p></footer></body></html>
`.text;
}

/** A link into the runs: every part of a path is encoded, so no folder's name can lead elsewhere. */
export const runLink = (name: string, file?: string): string =>
  `/runs/${encodeURIComponent(wellFormed(name))}${file === undefined ? "" : `/${file.split("/").map(encodeURIComponent).join("/")}`}`;

/** A name that is no text at all cannot be linked to; it must not break the page either. */
const wellFormed = (name: string): string => name.replace(/[\ud800-\udfff]/gu, "\ufffd");

export const badge = (verdict: "valid" | "invalid" | "unknown"): Markup =>
  markup`<span class="badge ${verdict}">${{ valid: "✓", invalid: "✕", unknown: "?" }[verdict]} ${verdict}</span>`;
