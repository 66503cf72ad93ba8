/** The suite on a cluster that somebody else runs: what needs faults is said to be not checked, all else passes. */
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

for (const { name, run } of testTarget(template, { on: "external", addresses }))
  it(name, async () => {
    const needsFaults = /restart|errors/.test(name);
    expect(await run()).toEqual(needsFaults ? expect.stringMatching(/left alone/) : null);
  });
