/** The log: what a kill loses and what it does not. */
import { describe, expect, it } from "vitest";
import { record, records, wholeRecords, idle, synced, recovered } from "./support.ts";
import type { HostWorld } from "./world.ts";

export const logSuite = (world: () => HostWorld): void => {
  describe("the log", () => {
    it("is empty at first, and gives back what was synced in order after a kill", async () => {
      const first = await world().boot("n1", idle);
      expect(await recovered(world(), first, "store")).toEqual([]);
      await synced(world(), first, "store", records(0, 100));
      await synced(world(), first, "store", records(100, 150));
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(await recovered(world(), second, "store")).toEqual(records(0, 150).map((each) => ({ whole: true, record: each })));
    });

    it("loses in a kill what was appended and not synced", async () => {
      const first = await world().boot("n1", idle);
      await synced(world(), first, "store", records(0, 3));
      for (const each of records(3, 10)) first.log("store").append(each);
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(wholeRecords(await recovered(world(), second, "store"))).toEqual(records(0, 3));
    });

    it("finishes several syncs in the order of the calls, never from within one", async () => {
      const host = await world().boot("n1", idle);
      const log = host.log("store");
      const finished: number[] = [];
      for (let i = 0; i < 20; i++) {
        log.append(record(i));
        log.sync(() => finished.push(i));
      }
      // Nothing to write: still a sync, behind those before it.
      log.sync(() => finished.push(20));
      expect(finished).toEqual([]);
      await world().until(() => finished.length === 21);
      expect(finished).toEqual(Array.from({ length: 21 }, (_, i) => i));
    });

    it("keeps logs of different names apart", async () => {
      const first = await world().boot("n1", idle);
      await synced(world(), first, "one", records(0, 2));
      await synced(world(), first, "two/three", records(5, 6));
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(wholeRecords(await recovered(world(), second, "one"))).toEqual(records(0, 2));
      expect(wholeRecords(await recovered(world(), second, "two/three"))).toEqual(records(5, 6));
    });

    it("keeps after a cut the first entries alone, and what is appended then", async () => {
      const first = await world().boot("n1", idle);
      await synced(world(), first, "store", records(0, 10));
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      await recovered(world(), second, "store");
      let outcome: Error | null | undefined;
      second.log("store").cut(4, (error) => {
        outcome = error;
      });
      expect(outcome, "cut called back from within the call").toBeUndefined();
      await world().until(() => outcome !== undefined);
      expect(outcome).toBeNull();
      await synced(world(), second, "store", records(20, 22));
      await world().kill("n1");
      const third = await world().boot("n1", idle);
      expect(wholeRecords(await recovered(world(), third, "store"))).toEqual([...records(0, 4), ...records(20, 22)]);
    });

    it("reports a torn last entry as damaged, and cutting it off leaves the rest whole", async () => {
      const first = await world().boot("n1", idle);
      await synced(world(), first, "store", records(0, 5));
      await world().kill("n1");
      world().tear("n1", "store");
      const second = await world().boot("n1", idle);
      const entries = await recovered(world(), second, "store");
      expect(wholeRecords(entries)).toEqual(records(0, 4));
      expect(entries).toHaveLength(5);
      expect(entries[4]).toMatchObject({ whole: false, last: true });
      let done = false;
      second.log("store").cut(4, (error) => {
        expect(error).toBeNull();
        done = true;
      });
      await world().until(() => done);
      await synced(world(), second, "store", [record(9)]);
      await world().kill("n1");
      const third = await world().boot("n1", idle);
      expect(await recovered(world(), third, "store")).toEqual([...records(0, 4), record(9)].map((each) => ({ whole: true, record: each })));
    });
  });
};
