/** The suite in containers: the bundled store, and the template's, which shows plain values and nothing else. */
import { describe, expect, it } from "vitest";
import { testTarget } from "../../../../harness/targets/conformance/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import template from "../../../../harness/targets/template/target.ts";
import { docker } from "../../../support/docker.ts";

const timeoutMs = 300_000;

describe.skipIf(docker.skip)(`in containers${docker.reason}`, () => {
  for (const target of [bundled, template])
    describe(target.name, () => {
      for (const { name, run } of testTarget(target, { on: "docker" }))
        it(name, async () => expect(await run()).toBeNull(), timeoutMs);
    });
});
