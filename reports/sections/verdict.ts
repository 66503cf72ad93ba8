/** The top of the report: did the store keep its promises, why, and how to run it again. */
import type { Campaign } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import {
  count,
  headline,
  sentence,
  share,
  shrunkFrom,
  signs,
  subject,
} from "../report-messages.ts";

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
    ${campaign.verdict === "invalid" && whose(campaign, more.length > 0)}
    ${more.length > 0 && markup`<ul class="reasons">${more.slice(0, 12).map((reason) => markup`<li>${clip(reason, 1_000)}</li>`)}${more.length > 12 && markup`<li>and ${more.length - 12} more</li>`}</ul>`}
    ${campaign.interrupted !== undefined && campaign.interrupted !== why && markup`<p class="interrupted"><strong>Ended early:</strong> ${clip(campaign.interrupted, 1_000)}</p>`}
    <p class="replay"><span>Run it again</span> <code id="replay">${campaign.replay}</code> <button type="button" data-copy="replay">Copy</button></p>
  </div>
</header>`;
}

/** The headline is of one history and the reasons below it are of several, each of which names its own. */
function whose({ shown, shrunk, histories }: Campaign, more: boolean): Markup | undefined {
  const found = shrunk === undefined || shown?.length === 1 ? shown?.[0] : undefined;
  const told =
    found !== undefined
      ? `That is history ${found.history}.`
      : shrunk && `That is the smallest failing history, shrunk from ${shrunkFrom(shrunk)}.`;
  if (told === undefined) return undefined;
  const invalid = histories.filter(({ verdict }) => verdict === "invalid").length;
  return markup`<p class="quiet">${told}${more && ` Out of ${count(invalid, "invalid history", "invalid histories")}, as found:`}</p>`;
}
