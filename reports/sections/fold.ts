/** Foldable parts of the page with headings that link to themselves, and the table of contents. */
import { type Insertable, type Markup, markup } from "../markup.ts";

export interface Fold {
  /** The target of links, such as `#guarantees`. A constant of this project. */
  readonly id: string;
  readonly title: Insertable;
  /** A short summary of the content beside the title. */
  readonly note?: Insertable;
  readonly open?: boolean;
}

/** A section of the page. The link stands beside the summary, since a summary is a button. */
export function fold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<section class="fold" id="${id}"><a class="anchor" href="#${id}" aria-label="${"Link to this section"}">#</a><details${open && markup` open`}><summary><h2>${title}</h2>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details></section>`;
}

/** A foldable part inside a section. */
export function innerFold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<details class="inner" id="${id}"${open && markup` open`}><summary><h3>${title}</h3>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details>`;
}

/** A table of contents that stays in view. `entries`: each link's text and id. */
export const contents = (entries: readonly (readonly [title: string, id: string])[]): Markup =>
  markup`<nav class="contents" aria-label="Contents"><ul>${entries.map(([title, id]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
