/**
 * Safe markup: the tag `markup` escapes everything inserted that is not Markup. Values of a history reach the page only
 * through this tag, or as encoded data that the page's script shows as text.
 */

/** Text that is known to be well-formed markup. Only `markup` and `trusted` create it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Insertable = Markup | string | number | readonly Insertable[] | undefined | false;

/**
 * Makes Markup of text without escaping the text. Only for text of this project and for encoded data, never for text
 * that a run produced.
 */
export const trusted = (text: string): Markup => new Markup(text);

/**
 * A template tag that makes Markup. It escapes strings and numbers, joins lists, and leaves out undefined and false.
 */
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

/** Makes text safe in HTML and XML, also in quoted attributes. */
export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Replaces some characters by their escapes (\uXXXX): invisible characters, characters that XML forbids (including lone
 * surrogates), and characters that change the order of the surrounding text. A right-to-left override in a value must
 * not rewrite the sentence that quotes the value.
 */
export function visible(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Cuts a text that is longer than `limit` characters, and adds the length of the whole text. Makes invisible characters
 * visible.
 */
export function clip(text: string, limit = 200): string {
  if (text.length <= limit) return visible(text);
  return `${visible(text.slice(0, limit))}… (${text.length.toLocaleString("en")} characters)`;
}
