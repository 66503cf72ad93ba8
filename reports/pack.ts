/**
 * Deflates data for the page. Histories are repetitive, so this saves most of their size. page/unpack.ts inflates the
 * data.
 */
import { deflateRawSync } from "node:zlib";
import { type Markup, trusted } from "./markup.ts";

/** Returns the text (as UTF-8, raw deflate) in Base64, whose alphabet has no character with a meaning in HTML. */
export const pack = (text: string): string =>
  deflateRawSync(Buffer.from(text, "utf8"), { level: 6 }).toString("base64");

/**
 * A script element that holds packed data. Browsers do not execute it, and the data cannot contain a closing tag. `id`
 * must not contain text that a run produced.
 */
export const dataBlock = (id: string, packed: string): Markup =>
  trusted(`<script type="application/octet-stream" id="${id}">${packed}</script>`);
