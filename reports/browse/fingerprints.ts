/**
 * Groups the failures of all runs into one row for each fingerprint, so that a bug found by many runs mostly appears
 * once. At most `rowsAtMost` rows are shown.
 */
import type { Finding } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { count, number } from "../report-messages.ts";
import { runLink } from "./page.ts";
import type { ListedRun } from "./run.ts";

const rowsAtMost = 50;

interface Group {
  readonly finding: Finding;
  /** The names of the runs that had this failure, the newest first. */
  readonly runs: readonly string[];
  readonly histories: number;
}

/**
 * The table of fingerprints. `runs` begins with the newest run. Undefined if no run has fingerprints, which only
 * campaigns with --keep-going have.
 */
export function fingerprintList(runs: readonly ListedRun[]): Markup | undefined {
  const groups = new Map<string, Group>();
  for (const { name, campaign } of runs)
    for (const finding of campaign?.findings ?? []) {
      const known = groups.get(finding.fingerprint);
      groups.set(finding.fingerprint, {
        finding: known?.finding ?? finding,
        runs: [...(known?.runs ?? []), name],
        histories: (known?.histories ?? 0) + finding.histories,
      });
    }
  if (groups.size === 0) return undefined;
  const rows = [...groups.values()].sort((a, b) => b.runs.length - a.runs.length);
  return markup`<section><h2>Failures by fingerprint</h2><p class="quiet">${count(groups.size, "fingerprint")} in the runs that kept going after a failure.</p><div class="wide" tabindex="0" role="group" aria-label="Failures by fingerprint"><table><thead><tr><th scope="col">guarantee</th><th scope="col">what happened</th><th scope="col" class="figure">runs</th><th scope="col" class="figure">histories</th><th scope="col">newest</th></tr></thead>
<tbody>${rows.slice(0, rowsAtMost).map(({ finding, runs: of, histories }) => markup`<tr><th scope="row">${clip(finding.guarantee, 60)}${finding.known && " (known)"}</th><td>${clip(finding.explanation, 300)}<br><code>${clip(finding.fingerprint, 300)}</code></td><td class="figure">${number(of.length)}</td><td class="figure">${number(histories)}</td><td><a href="${runLink(of[0] ?? "")}">${clip(of[0] ?? "", 60)}</a></td></tr>`)}</tbody></table></div>
${rows.length > rowsAtMost && markup`<p class="quiet">${number(rows.length - rowsAtMost)} more are left out.</p>`}</section>`;
}
