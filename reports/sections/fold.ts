/** A part of the page that folds, with a heading that links to itself, and the table of contents over all parts. */
import { type Insertable, type Markup, markup } from "../markup.ts";

export interface Fold {
  /** Where links lead: `#guarantees`. Written in this project. */
  readonly id: string;
  readonly title: Insertable;
  /** Beside the title, in fewer words than the part itself: what is in it. */
  readonly note?: Insertable;
  readonly open?: boolean;
}

/** A section of the page. The link stands beside the summary, not in it: a summary is a button. */
export function fold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<section class="fold" id="${id}"><a class="anchor" href="#${id}" aria-label="${"Link to this section"}">#</a><details${open && markup` open`}><summary><h2>${title}</h2>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details></section>`;
}

/** The same inside of a section. */
export function innerFold({ id, title, note, open = false }: Fold, body: Insertable): Markup {
  return markup`<details class="inner" id="${id}"${open && markup` open`}><summary><h3>${title}</h3>${note !== undefined && markup` <span class="quiet">${note}</span>`}</summary>
${body}</details>`;
}

/** Stays in view. `entries`: what each link says, and the id it leads to. */
export const contents = (entries: readonly (readonly [title: string, id: string])[]): Markup =>
  markup`<nav class="contents" aria-label="Contents"><ul>${entries.map(([title, id]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
