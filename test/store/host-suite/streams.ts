/** Tests of streams: their order, and how they open and close. */
import { describe, expect, it } from "vitest";
import { ping, idle, listener, dialler } from "./support.ts";
import type { HostWorld } from "./world.ts";

export const streamsSuite = (world: () => HostWorld): void => {
  describe("streams", () => {
    for (const to of ["n2", "n1"]) {
      it(`opens to ${to === "n1" ? "itself" : "a peer"}, keeps the order, names the dialler`, async () => {
        const there = listener();
        const host = await world().boot("n1", to === "n1" ? there.program : idle);
        if (to !== "n1") await world().boot(to, there.program);
        const here = dialler();
        const stream = host.dial(to, here.handlers);
        expect(here.events, "dial called back from within the call").toEqual([]);
        // Messages are sent before and after the stream opens. All must arrive in the order of sending.
        for (let id = 0; id < 50; id++) stream.send(ping(id));
        await world().until(() => here.events.includes("open"));
        for (let id = 50; id < 200; id++) stream.send(ping(id));
        await world().until(() => here.events.length === 201);
        const ids = Array.from({ length: 200 }, (_, id) => id);
        expect(there.heard).toEqual(ids);
        expect(here.events).toEqual(["open", ...ids.map((id) => `message ${id}`)]);
        expect(there.remotes).toEqual([{ kind: "peer", node: "n1" }]);
        expect(stream.bufferedBytes()).toBe(0);
        expect(there.closes).toEqual([]);
      });
    }

    it("closes a dial to a node that does not run, once and without opening", async () => {
      const host = await world().boot("n1", idle);
      for (const to of ["n2", "nobody"]) {
        const here = dialler();
        host.dial(to, here.handlers);
        expect(here.events).toEqual([]);
        await world().until(() => here.events.length > 0);
        await world().pass(50);
        expect(here.events).toEqual(["close"]);
      }
    });

    it("tells both ends of a close once, and sends nothing after it", async () => {
      const there = listener();
      const host = await world().boot("n1", idle);
      await world().boot("n2", there.program);
      const here = dialler();
      const stream = host.dial("n2", here.handlers);
      await world().until(() => here.events.includes("open") && there.streams.length === 1);
      stream.close("enough");
      expect(here.events, "close called back from within the call").toEqual(["open"]);
      stream.close("again");
      stream.send(ping(1));
      await world().until(() => there.closes.length > 0 && here.events.includes("close"));
      there.streams[0]?.send(ping(2));
      await world().pass(50);
      expect(here.events).toEqual(["open", "close"]);
      expect(there.closes).toHaveLength(1);
      expect(there.heard).toEqual([]);
    });

    it("lets the accepting end close too", async () => {
      const there = listener();
      const host = await world().boot("n1", idle);
      await world().boot("n2", there.program);
      const here = dialler();
      host.dial("n2", here.handlers);
      await world().until(() => here.events.includes("open") && there.streams.length === 1);
      there.streams[0]?.close("not you");
      await world().until(() => here.events.includes("close") && there.closes.length === 1);
      await world().pass(50);
      expect(here.events).toEqual(["open", "close"]);
    });

    it("closes the streams of a killed peer, and opens new ones to its next boot", async () => {
      const host = await world().boot("n1", idle);
      await world().boot("n2", listener().program);
      const here = dialler();
      host.dial("n2", here.handlers);
      await world().until(() => here.events.includes("open"));
      await world().kill("n2");
      await world().until(() => here.events.includes("close"));
      expect(here.events).toEqual(["open", "close"]);
      await world().boot("n2", listener().program);
      const next = dialler();
      host.dial("n2", next.handlers);
      await world().until(() => next.events.includes("open"));
    });
  });
};
