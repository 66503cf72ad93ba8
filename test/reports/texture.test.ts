import { expect, test } from "vitest";
import { faultKinds } from "../../generators/index.ts";
import { faultTexture } from "../../reports/page/texture.ts";

test("every kind of fault has a texture of its own", () => {
  const textures = faultKinds.map(faultTexture);
  expect(new Set(textures).size).toBe(faultKinds.length);
  expect(textures).not.toContain(faultTexture("some kind to come"));
  expect(faultTexture("constructor")).toBe(faultTexture("some kind to come"));
});
