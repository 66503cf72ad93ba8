import { expect, test } from "vitest";
import { faultKinds } from "../../generators/index.ts";
import { faultTexture } from "../../reports/page/texture.ts";

test("every kind of fault has a texture of its own, also one that comes from a configuration", () => {
  const kinds = [
    ...faultKinds,
    "constructor",
    "some kind to come",
    "another",
    "rack",
    "leader",
    "",
  ];
  const textures = kinds.map(faultTexture);
  expect(new Set(textures).size).toBe(kinds.length);
  for (const texture of textures) expect(texture).toMatch(/^M[-\d.MHVLAQTZh ]+$/);
});
