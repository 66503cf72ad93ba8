/** The one place that says what was not tested. The first screen links to it. */
import type { Campaign } from "../campaign.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { type Markup, markup } from "../markup.ts";
import { count } from "../report-messages.ts";
import { untestedOf } from "../untested.ts";
import { fold } from "./fold.ts";

export function untestedSection(campaign: Campaign, first: ExhibitView | undefined): Markup {
  const groups = untestedOf(campaign, first);
  const things = groups.reduce((sum, { sentences }) => sum + sentences.length, 0);
  return fold(
    { id: "untested", title: "What was not tested", note: count(things, "thing") },
    markup`<p class="quiet">A verdict says nothing about what is listed here. <a href="#worth">What the run covered</a> has the figures, and says how to cover more.</p>
${groups.map(
  ({ title, sentences }) =>
    markup`<h3>${title}</h3><ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`,
)}`,
  );
}
