/** Foldable parts of the page with headings that link to themselves, and the table of contents. */
import { type Insertable, type Markup, markup } from "../markup.ts";

export interface Fold {
  /** The name that links use, such as `guarantees` in `#guarantees`. It must not contain text that a run produced. */
  readonly id: string;
  readonly title: Insertable;
  /** A short summary of the content, shown beside the title. */
  readonly note?: Insertable;
  readonly open?: boolean;
}

/**
 * A foldable section of the page. The link to the section stands beside the summary, since a summary is a button and
 * cannot contain a link.
 */
export function fold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<section class="fold" id="${id}"><a class="anchor" href="#${id}" aria-label="${"Link to this section"}">#</a><details${open && markup` open`}><summary><h2>${title}</h2>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details></section>`;
}

/** A foldable part inside a section. */
export function innerFold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<details class="inner" id="${id}"${open && markup` open`}><summary><h3>${title}</h3>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details>`;
}

/** A table of contents that stays in view. `entries` has the text and the target's id of each link. */
export const contents = (entries: readonly (readonly [title: string, id: string])[]): Markup =>
  markup`<nav class="contents" aria-label="Contents"><ul>${entries.map(([title, id]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
