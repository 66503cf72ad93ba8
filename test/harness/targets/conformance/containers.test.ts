/**
 * Runs the conformance suite in containers, for the bundled store and for two targets that show only plain values: the
 * template, and the example's configuration.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testTarget } from "../../../../harness/targets/conformance/index.ts";
import { bundled } from "../../../../harness/targets/bundled/index.ts";
import { readConfig } from "../../../../harness/config/read-config.ts";
import template from "../../../../harness/targets/template/target.ts";
import { docker } from "../../../support/docker.ts";

const timeoutMs = 300_000;
const example = join(import.meta.dirname, "../../../../examples/own-store/quorate.config.ts");
const { target: ownStore } = await readConfig(example);

describe.skipIf(docker.skip)(`in containers${docker.reason}`, () => {
  describe.each([bundled, template, ownStore])("$name", (target) => {
    it.each(testTarget(target, { on: "docker" }))(
      "$name",
      async ({ run }) => expect(await run()).toBeNull(),
      timeoutMs,
    );
  });
});
