/** Deflates data for the page: histories are repetitive, so this saves nine tenths. page/unpack.ts reads it. */
import { deflateRawSync } from "node:zlib";
import { type Markup, trusted } from "./markup.ts";

/** Base64 of raw deflate of UTF-8. Its alphabet has no character with a meaning in HTML. */
export const pack = (text: string): string =>
  deflateRawSync(Buffer.from(text, "utf8"), { level: 6 }).toString("base64");

/**
 * A script element that holds data. Browsers do not execute it, and its content cannot close it. `id` is a constant of
 * this project.
 */
export const dataBlock = (id: string, packed: string): Markup =>
  trusted(`<script type="application/octet-stream" id="${id}">${packed}</script>`);
