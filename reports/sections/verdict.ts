/** The top of the report: did the store keep its promises, why, and how to run it again. */
import type { Campaign } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { count, headline, sentence, share, signs, size, subject } from "../words.ts";

const titles = { valid: "Valid", invalid: "Invalid", unknown: "Unknown" } as const;

export function verdictSection(campaign: Campaign): Markup {
  const why = headline(campaign);
  const { operations } = campaign;
  const more = campaign.reasons.filter((reason) => !reason.includes(why));
  return markup`<header class="verdict ${campaign.verdict}">
  <p class="sign" aria-hidden="true">${signs[campaign.verdict]}</p>
  <div>
    <h1>${titles[campaign.verdict]}<span class="subject">quorate on ${subject(campaign)}</span></h1>
    <p class="headline">${sentence(why)}</p>
    <p class="quiet">${count(campaign.histories.length, "history", "histories")} of ${count(campaign.asked, "asked", "asked")} · ${count(operations.total, "operation")}, ${share(operations.ok, operations.total)} ok</p>
    ${more.length > 0 && campaign.shrunk !== undefined && campaign.verdict === "invalid" && markup`<p class="quiet">That is the smallest failing history. As it was found, ${found(campaign)}:</p>`}
    ${more.length > 0 && markup`<ul class="reasons">${more.slice(0, 12).map((reason) => markup`<li>${clip(reason, 1_000)}</li>`)}${more.length > 12 && markup`<li>and ${more.length - 12} more</li>`}</ul>`}
    ${campaign.interrupted !== undefined && campaign.interrupted !== why && markup`<p class="interrupted"><strong>Ended early:</strong> ${clip(campaign.interrupted, 1_000)}</p>`}
    <p class="replay"><span>Run it again</span> <code id="replay">${campaign.replay}</code> <button type="button" data-copy="replay">Copy</button></p>
  </div>
</header>`;
}

/** Which history failed first, and how large it was. */
function found({ histories, shrunk }: Campaign): string {
  const first = histories.find(({ verdict }) => verdict === "invalid");
  return `${first === undefined ? "" : `in history ${first.index}`}${shrunk === undefined ? "" : `, of ${size(shrunk.from)}`}`;
}
