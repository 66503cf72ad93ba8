import { expect, it } from "vitest";
import { guaranteeName } from "../../../harness/cli/values.ts";

it("takes guarantees under their former names, and no others", () => {
  expect([
    guaranteeName("--promise", "no-phantom"),
    guaranteeName("--promise", "no-failed-effect"),
    guaranteeName("--promise", "no-thin-air"),
  ]).toEqual(["no-thin-air", "no-aborted-read", "no-thin-air"]);
  expect(() => guaranteeName("--promise", "no-ghost")).toThrow("--promise to be one of");
});
