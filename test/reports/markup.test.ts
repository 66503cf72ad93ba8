import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clip, markup, trusted, visible } from "../../reports/markup.ts";

describe("markup", () => {
  test("escapes what is inserted, in text and in attributes, but not markup itself", () => {
    expect(
      markup`<p title="${`"'<`}">${"<b>&"}${trusted("<i>")}${[markup`<u>`, 3]}${undefined}${false}</p>`
        .text,
    ).toBe(`<p title="&quot;&#39;&lt;">&lt;b&gt;&amp;<i><u>3</p>`);
  });

  test("never lets a text open or close an element, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(markup`${text}`.text)),
    );
  });

  test("inserts nothing of an escaped text twice", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const back = markup`${text}`.text
          .replace(/&lt;/g, "<")
          .replace(/&gt;/g, ">")
          .replace(/&quot;/g, '"')
          .replace(/&#39;/g, "'")
          .replace(/&amp;/g, "&");
        return back === visible(text);
      }),
    );
  });
});

describe("visible", () => {
  test("spells out what cannot be seen, what reorders text and what XML forbids", () => {
    expect(visible("a\u202eb\u0000c\u001b\ud800d")).toBe("a\\u202eb\\u0000c\\u001b\\ud800d");
  });

  test("leaves right-to-left text, line feeds and pairs of surrogates alone", () => {
    expect(visible("שלום\n😀")).toBe("שלום\n😀");
  });
});

test("clip says how long the whole was", () => {
  expect(clip("x".repeat(1_048_576), 10)).toBe("xxxxxxxxxx… (1,048,576 characters)");
  expect(clip("short", 10)).toBe("short");
});
