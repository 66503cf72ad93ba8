/**
 * Data in the page, deflated: a history is mostly repetition, so it takes a tenth of the room. page/unpack.ts reads it
 * back.
 */
import { deflateRawSync } from "node:zlib";
import { type Markup, trusted } from "./markup.ts";

/** Base64 of raw deflate of UTF-8: its alphabet has no character that means anything to HTML. */
export const pack = (text: string): string =>
  deflateRawSync(Buffer.from(text, "utf8"), { level: 6 }).toString("base64");

/** A data block: no browser runs it, and nothing in it can close it. `id` is written in this project. */
export const dataBlock = (id: string, packed: string): Markup =>
  trusted(`<script type="application/octet-stream" id="${id}">${packed}</script>`);
