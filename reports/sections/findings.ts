/** The findings of a campaign with --keep-going. Each fingerprint appears once. */
import type { Campaign } from "../campaign.ts";
import { findingsTitle } from "../findings.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { number } from "../report-messages.ts";
import { fold } from "./fold.ts";

const findingsAtMost = 100;

/** The table of findings. Undefined if the campaign has none, for example because it ended at its first failure. */
export function findingsSection(campaign: Campaign): Markup | undefined {
  const title = findingsTitle(campaign);
  const { findings = [] } = campaign;
  if (title === undefined) return undefined;
  return fold(
    { id: "findings", title: "All findings", note: title, open: true },
    markup`<div class="wide" tabindex="0" role="group" aria-label="Findings"><table><thead><tr><th scope="col">guarantee</th><th scope="col">what happened</th><th scope="col" class="figure">histories</th><th scope="col" class="figure">first</th></tr></thead>
<tbody>${findings
      .slice(0, findingsAtMost)
      .map(
        ({ fingerprint, guarantee, explanation, histories, first, known, replayAnywhere }) =>
          markup`<tr><th scope="row">${guarantee}${known && markup` <span class="badge observed">known</span>`}</th><td>${clip(explanation, 400)}<br><code>${clip(fingerprint, 400)}</code>${replayAnywhere !== undefined && markup` <details><summary>replay</summary><code>${clip(replayAnywhere, 4_000)}</code></details>`}</td><td class="figure">${number(histories)}</td><td class="figure">${number(first)}</td></tr>`,
      )}</tbody></table></div>
${findings.length > findingsAtMost && markup`<p class="quiet">${number(findings.length - findingsAtMost)} more are in campaign.json.</p>`}`,
  );
}
