/** Tests of clocks, timers and random numbers. */
import { describe, expect, it } from "vitest";
import { idle } from "./support.ts";
import type { HostWorld } from "./world.ts";

export const clocksSuite = (world: () => HostWorld): void => {
  describe("clocks, timers, chance", () => {
    it("has a monotonic clock that never runs backwards and a wall clock of this century", async () => {
      const host = await world().boot("n1", idle);
      let before = host.monotonicUs();
      for (let i = 0; i < 1000; i++) {
        const now = host.monotonicUs();
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
      expect(host.wallUs()).toBeGreaterThan(Date.UTC(2020) * 1000);
      expect(Number.isSafeInteger(host.wallUs())).toBe(true);
    });

    it("fires a timer once, later, even when it is due at once", async () => {
      const host = await world().boot("n1", idle);
      let fired = 0;
      host.setTimer(0, () => fired++);
      expect(fired).toBe(0);
      await world().until(() => fired > 0);
      await world().pass(20);
      expect(fired).toBe(1);
    });

    it("never fires a cancelled timer, and cancels twice and after the fact without harm", async () => {
      const host = await world().boot("n1", idle);
      let fired = 0;
      const cancelled = host.setTimer(5, () => fired++);
      cancelled.cancel();
      cancelled.cancel();
      const kept = host.setTimer(5, () => fired++);
      await world().pass(50);
      expect(fired).toBe(1);
      kept.cancel();
    });

    it("draws numbers in [0, 1) that differ", async () => {
      const host = await world().boot("n1", idle);
      const drawn = Array.from({ length: 100 }, () => host.random());
      expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(90);
    });
  });
};
