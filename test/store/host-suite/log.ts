/** Tests of logs: which entries survive a kill, and how logs are listed, cut and removed. */
import { describe, expect, it } from "vitest";
import { record, records, wholeRecords, idle, synced, recovered } from "./support.ts";
import type { Host, LogFailure } from "../../../store/index.ts";
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
      expect(await recovered(world(), second, "store")).toEqual(
        records(0, 150).map((each) => ({ whole: true, record: each })),
      );
    });

    it("loses in a kill what was appended and not synced", async () => {
      const first = await world().boot("n1", idle);
      await synced(world(), first, "store", records(0, 3));
      for (const each of records(3, 10)) first.log("store").append(each);
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(wholeRecords(await recovered(world(), second, "store"))).toEqual(records(0, 3));
    });

    it("keeps in a kill what was written, synced or not, and what was written is no evidence of a sync", async () => {
      const first = await world().boot("n1", idle);
      for (const each of records(0, 3)) first.log("store").append(each);
      let outcome: LogFailure | null | undefined;
      first.log("store").write((failure) => {
        outcome = failure;
      });
      expect(outcome, "write called back from within the call").toBeUndefined();
      await world().until(() => outcome !== undefined);
      expect(outcome).toBeNull();
      expect(
        world()
          .evidence("n1")
          .some((event) => event.e === "sync"),
      ).toBe(false);
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(wholeRecords(await recovered(world(), second, "store"))).toEqual(records(0, 3));
      // The evidence must show that the entries are durable from the recovery on.
      const shown = world()
        .evidence("n1")
        .flatMap((event) =>
          event.e === "sync" ? event.records.map(({ key }) => `${key} in boot ${event.boot}`) : [],
        );
      expect(shown).toEqual(["k0 in boot 2", "k1 in boot 2", "k2 in boot 2"]);
    });

    it("has in the evidence of a sync what was written before it", async () => {
      const host = await world().boot("n1", idle);
      host.log("store").append(record(0));
      host.log("store").write(() => {});
      await synced(world(), host, "store", [record(1)]);
      const listed = world()
        .evidence("n1")
        .flatMap((event) => (event.e === "sync" ? event.records.map(({ key }) => key) : []));
      expect(listed).toEqual(["k0", "k1"]);
    });

    it("knows its size: grown by what is appended, the same after a restart", async () => {
      const first = await world().boot("n1", idle);
      const log = first.log("store");
      expect(log.bytes).toBe(0);
      log.append(record(0));
      const one = log.bytes;
      expect(one).toBeGreaterThan(0);
      await synced(world(), first, "store", [record(1)]);
      expect(log.bytes).toBe(2 * one);
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      await recovered(world(), second, "store");
      expect(second.log("store").bytes).toBe(2 * one);
    });

    it("is listed once something was written, and gone once it was removed", async () => {
      const first = await world().boot("n1", idle);
      const namesOf = async (host: Host): Promise<readonly string[]> => {
        let names: readonly string[] | undefined;
        host.logNames((found) => {
          names = found;
        });
        await world().until(() => names !== undefined);
        return names ?? [];
      };
      for (const name of ["b-2", "a/b", "b-1"]) await synced(world(), first, name, [record(1)]);
      first.log("never written");
      expect(await namesOf(first)).toEqual(["a/b", "b-1", "b-2"]);
      const removed: (Error | null)[] = [];
      first.removeLog("b-1", (error) => removed.push(error));
      first.removeLog("never written", (error) => removed.push(error));
      await world().until(() => removed.length === 2);
      expect(removed).toEqual([null, null]);
      await world().kill("n1");
      const second = await world().boot("n1", idle);
      expect(await namesOf(second)).toEqual(["a/b", "b-2"]);
      expect(await recovered(world(), second, "b-1")).toEqual([]);
    });

    it("finishes several syncs in the order of the calls, never from within one", async () => {
      const host = await world().boot("n1", idle);
      const log = host.log("store");
      const finished: number[] = [];
      for (let i = 0; i < 20; i++) {
        log.append(record(i));
        log.sync(() => finished.push(i));
      }
      // This sync has nothing to write, but it must still end after the earlier ones.
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
      expect(wholeRecords(await recovered(world(), third, "store"))).toEqual([
        ...records(0, 4),
        ...records(20, 22),
      ]);
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
      expect(await recovered(world(), third, "store")).toEqual(
        [...records(0, 4), record(9)].map((each) => ({ whole: true, record: each })),
      );
    });
  });
};
