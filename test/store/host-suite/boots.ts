/** Tests of boots: how they are counted, and how they end. */
import { describe, expect, it } from "vitest";
import { record, ping, idle, listener, dialler, recovered } from "./support.ts";
import type { HostWorld } from "./world.ts";

export const bootsSuite = (world: () => HostWorld): void => {
  describe("boots", () => {
    it("count up, and are never used twice, not even after the disk was wiped", async () => {
      expect((await world().boot("n1", idle)).boot).toBe(1);
      await world().kill("n1");
      expect((await world().boot("n1", idle)).boot).toBe(2);
      await world().kill("n1");
      world().wipe("n1");
      const third = await world().boot("n1", idle);
      expect(third.boot).toBe(3);
      expect(await recovered(world(), third, "store")).toEqual([]);
    });

    it("are revoked by a kill: no timer, sync or stream calls back", async () => {
      const there = listener();
      const host = await world().boot("n1", idle);
      await world().boot("n2", there.program);
      const here = dialler();
      const stream = host.dial("n2", here.handlers);
      await world().until(() => here.events.includes("open"));
      const called: string[] = [];
      host.setTimer(10, () => called.push("timer"));
      host.log("store").append(record(1));
      host.log("store").sync(() => called.push("sync"));
      host.log("other").recover(() => called.push("recover"));
      stream.send(ping(1));
      await world().kill("n1");
      await world().pass(100);
      expect(called).toEqual([]);
      expect(here.events).toEqual(["open"]);
    });

    it("end with a halt, whose reason the evidence keeps", async () => {
      let fired = 0;
      const host = await world().boot("n1", idle);
      host.setTimer(10, () => fired++);
      host.halt("the disk is on fire");
      await world().pass(50);
      expect(fired).toBe(0);
      expect(world().evidence("n1").at(-1)).toMatchObject({
        e: "boot",
        phase: "end",
        detail: expect.stringContaining("the disk is on fire"),
      });
    });
  });
};
