/** Tests that the bundled store passes the conformance suite in the simulator, with every workload that it lists. */
import { describe, expect, it } from "vitest";
import { testTarget } from "../../../../harness/targets/conformance/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";

describe("the bundled store in the simulator", () => {
  it.each(testTarget(bundled, { on: "sim" }))("$name", async ({ run }) =>
    expect(await run()).toBeNull(),
  );
});

describe("the bundled store with siblings, in the simulator", () => {
  const settings = { versions: "siblings" };
  it.each(testTarget(bundled, { on: "sim", settings }))("$name", async ({ run }) =>
    expect(await run()).toBeNull(),
  );
});
