/**
 * Runs the conformance suite on a running cluster. Checks that need faults must be reported as not checked, and all
 * others must pass.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { testTarget } from "../../../../harness/targets/conformance/index.ts";
import template from "../../../../harness/targets/template/target.ts";
import { type OwnCluster, startOwnStore } from "../../platforms/external/own-store.ts";

let running: OwnCluster;
const addresses: string[] = [];
beforeAll(async () => {
  running = await startOwnStore();
  addresses.push(...running.addresses);
});
afterAll(() => running.stop());

it.each(testTarget(template, { on: "external", addresses }))("$name", async ({ name, run }) => {
  const needsFaults = /restart|errors/.test(name);
  expect(await run()).toEqual(needsFaults ? expect.stringMatching(/left alone/) : null);
});
