/** The files of a history that the page contains, each with a download button. */
import type { Embedded } from "../embedded.ts";
import { type Markup, markup } from "../markup.ts";
import { dataBlock } from "../pack.ts";
import { number } from "../report-messages.ts";

export function downloads({ files, omitted }: Embedded, place: number): Markup {
  return markup`<div class="downloads"><span class="quiet">Data in this file:</span> ${files.map(
    ({ name, packed }, index) =>
      markup`<button type="button" data-download="file-${place}-${index}" data-file="${name}">⤓ ${name}</button>${dataBlock(`file-${place}-${index}`, packed)} `,
  )}<span class="quiet">${number(Math.ceil(files.reduce((sum, { packed }) => sum + packed.length, 0) / 1_000))} kB, deflated</span></div>
${omitted.length > 0 && markup`<ul class="omitted quiet">${omitted.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`}`;
}
