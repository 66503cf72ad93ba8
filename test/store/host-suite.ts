/**
 * Tests for any Host of the promises that the Host interface makes. There is one suite, and an adapter for each Host.
 */
import { afterEach, beforeEach, describe } from "vitest";
import { bootsSuite } from "./host-suite/boots.ts";
import { clocksSuite } from "./host-suite/clocks.ts";
import { evidenceSuite } from "./host-suite/evidence.ts";
import { logSuite } from "./host-suite/log.ts";
import { streamsSuite } from "./host-suite/streams.ts";
import type { HostWorld } from "./host-suite/world.ts";

export type { HostWorld } from "./host-suite/world.ts";

/** Declares all tests of the suite. Each test gets a world of its own. */
export const hostSuite = (name: string, create: () => Promise<HostWorld>): void => {
  describe(`Host: ${name}`, () => {
    let current: HostWorld;
    beforeEach(async () => {
      current = await create();
    });
    afterEach(() => current.end());
    const world = (): HostWorld => current;
    clocksSuite(world);
    streamsSuite(world);
    logSuite(world);
    bootsSuite(world);
    evidenceSuite(world);
  });
};
