/**
 * The page's script as text. Each part is one function that refers to nothing outside itself but its arguments and the
 * browser, so its own source text (Function.prototype.toString) is the script: the same from source and from a bundle,
 * with nothing to build or to read at run time. The browser tests open both.
 */
import { createBrush } from "./brush.ts";
import { createDetails } from "./details.ts";
import { offerDownloads } from "./download.ts";
import { createFormat } from "./format.ts";
import { findGaps } from "./gaps.ts";
import { createLayout } from "./layout.ts";
import { followFilters } from "./filters.ts";
import { createMarks } from "./marks.ts";
import { createMinimap } from "./minimap.ts";
import { followPointer } from "./pointer.ts";
import { createScene } from "./scene.ts";
import { startPage } from "./start.ts";
import { faultTexture } from "./texture.ts";
import { fromTable } from "./unpacked-table.ts";
import { createTimeline } from "./timeline.ts";
import { unpack } from "./unpack.ts";
import { createView } from "./view.ts";

const tools = {
  createBrush,
  createDetails,
  createFormat,
  createLayout,
  createMarks,
  createMinimap,
  findGaps,
  followFilters,
  followPointer,
  createScene,
  createTimeline,
  createView,
  faultTexture,
  fromTable,
  offerDownloads,
  unpack,
};

/** How the parts reach each other. */
export type Tools = typeof tools;

export const pageScript = `"use strict";
(${startPage.toString()})({
${Object.entries(tools)
  .map(([name, part]) => `${name}: ${part.toString()}`)
  .join(",\n")}
});
`;
