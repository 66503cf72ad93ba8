/**
 * `npm run bench:search` measures how many histories each search needs to find planted bugs, from the same seeds.
 * Options: `--seeds K` (default 20), `--max N` (default 100), and names of bugs. Prints a Markdown table.
 */
import { parseArgs } from "node:util";
import { huntable, huntBug, type HuntOptions } from "../../harness/hunt/index.ts";
import { bundled, createSimCluster } from "../../harness/index.ts";
import type { Search } from "../../harness/search/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "20" }, max: { type: "string", default: "100" } },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const max = Number(values.max);
const cluster = createSimCluster(bundled);

/**
 * For each seed, the number of histories up to the one that shows the bug, or Infinity if none of `max` histories does.
 * Sorted.
 */
async function waits(bug: string, search: Search): Promise<number[]> {
  const found: number[] = [];
  for (const seed of seeds) {
    const options: HuntOptions = {
      cluster,
      search,
      seed,
      max,
      evidence: true,
      measure: false,
      shrinkTimeoutMs: null,
      signal: new AbortController().signal,
    };
    const row = await huntBug(bug, options);
    found.push(row.found ? row.histories : Infinity);
  }
  return found.sort((a, b) => a - b);
}

/** The mean. A bug that was not found counts as `max`, so the mean is then a lower bound. */
const mean = (counts: readonly number[]): number =>
  counts.reduce((sum, count) => sum + Math.min(count, max), 0) / counts.length;
const median = (counts: readonly number[]): number =>
  counts[Math.floor((counts.length - 1) / 2)] ?? 0;
const shown = (counts: readonly number[]): string =>
  `${median(counts)} | ${mean(counts).toFixed(1)} | ${counts.filter((count) => count === Infinity).length}`;

console.log(
  `| bug | random: median | mean | missed | guided: median | mean | missed |\n| --- | --- | --- | --- | --- | --- | --- |`,
);
const total = { random: 0, guided: 0 };
for (const bug of positionals.length > 0 ? positionals : huntable(true)) {
  const random = await waits(bug, "random");
  const guided = await waits(bug, "guided");
  total.random += mean(random);
  total.guided += mean(guided);
  console.log(`| ${bug} | ${shown(random)} | ${shown(guided)} |`);
}
console.log(
  `\nMean histories, summed over the bugs: random ${total.random.toFixed(1)}, guided ${total.guided.toFixed(1)} (${seeds.length} seeds, at most ${max} histories).`,
);
