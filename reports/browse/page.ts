/** The frame of the pages in this folder, with a single style sheet, which the server allows by its hash. */
import { createHash } from "node:crypto";
import { type Insertable, type Markup, markup, trusted } from "../markup.ts";
import { browseStyle } from "../assets.ts";

/** The hash of the style sheet for the server's Content-Security-Policy. */
export const browseStyleHash = `'sha256-${createHash("sha256").update(browseStyle, "utf8").digest("base64")}'`;

export function page(title: string, ...parts: readonly Insertable[]): string {
  return markup`${trusted("<!doctype html>")}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} – quorate</title><style>${trusted(browseStyle)}</style></head>
<body><main>${parts}</main><footer><p class="quiet">quorate serve: read only, on this machine only.</p></footer></body></html>
`.text;
}

/**
 * A link to a run's page, or to a file of the run. Every part of the path is encoded, so that no folder's name can lead
 * elsewhere.
 */
export const runLink = (name: string, file?: string): string =>
  `/runs/${encodeURIComponent(wellFormed(name))}${file === undefined ? "" : `/${file.split("/").map(encodeURIComponent).join("/")}`}`;

/** Replaces lone surrogates. A name that is not valid Unicode then has no working link, but does not break the page. */
const wellFormed = (name: string): string => name.replace(/[\ud800-\udfff]/gu, "\ufffd");

export const badge = (verdict: "valid" | "invalid" | "unknown"): Markup =>
  markup`<span class="badge ${verdict}">${{ valid: "✓", invalid: "✕", unknown: "?" }[verdict]} ${verdict}</span>`;
