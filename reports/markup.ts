/**
 * Markup that cannot be broken out of: `markup` escapes whatever is put into it, unless that is markup itself.
 * Values of a history reach the page only through here, or as data that the page's script sets with textContent.
 */

/** Text that is known to be well-formed markup. Only `markup` and `trusted` make one. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Insertable = Markup | string | number | readonly Insertable[] | undefined | false;

/** For text that is written in this project, never for anything that a run produced. */
export const trusted = (text: string): Markup => new Markup(text);

/** A tagged template: strings and numbers are escaped, lists joined, undefined and false left out. */
export function markup(parts: TemplateStringsArray, ...inserts: readonly Insertable[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + render(inserts[index - 1]) + part));
}

function render(insert: Insertable): string {
  if (insert === undefined || insert === false) return "";
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === "object") return insert.map(render).join("");
  return escape(String(insert));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe in HTML and XML, as text and in quoted attributes. */
export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Characters that cannot be seen, that XML forbids (lone surrogates too), or that change the order of the text around
 * them, spelled out: a value that contains a right-to-left override must not rewrite the sentence that it is quoted in.
 */
export function visible(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** At most `limit` characters, saying how long the whole was. */
export function clip(text: string, limit = 200): string {
  if (text.length <= limit) return visible(text);
  return `${visible(text.slice(0, limit))}… (${text.length.toLocaleString("en")} characters)`;
}
