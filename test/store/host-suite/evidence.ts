/** Tests of the evidence that a Host records. */
import { describe, expect, it } from "vitest";
import type { EvidenceEvent } from "../../../checkers/index.ts";
import type { Host } from "../../../store/index.ts";
import { records, quiet, idle, synced } from "./support.ts";
import type { HostWorld } from "./world.ts";

export const evidenceSuite = (world: () => HostWorld): void => {
  describe("evidence", () => {
    it("begins with the boot, and counts without a gap", async () => {
      const host = await world().boot("n1", idle);
      for (let i = 0; i < 5; i++)
        host.explain({ what: "counting", key: `k${i}`, detail: "for the test" });
      await synced(world(), host, "store", records(0, 2));
      const seen = world().evidence("n1");
      expect(seen[0]).toMatchObject({ e: "boot", phase: "start", node: "n1", boot: 1 });
      expect(seen.map((event) => ("seq" in event ? event.seq : -1))).toEqual(seen.map((_, i) => i));
      expect(seen.filter((event) => event.e === "explain")).toHaveLength(5);
      expect(seen.find((event) => event.e === "explain")).toMatchObject({
        what: "counting",
        key: "k0",
        detail: "for the test",
      });
    });

    it("has a sync, with its records, before the sync says that it is done", async () => {
      const host = await world().boot("n1", idle);
      const log = host.log("store");
      let atDone: readonly EvidenceEvent[] | undefined;
      for (const each of records(0, 3)) log.append(each);
      expect(
        world()
          .evidence("n1")
          .some((event) => event.e === "sync"),
      ).toBe(false);
      log.sync(() => {
        atDone = world().evidence("n1");
      });
      await world().until(() => atDone !== undefined);
      const listed = (atDone ?? []).flatMap((event) => (event.e === "sync" ? event.records : []));
      expect(listed).toEqual([0, 1, 2].map((i) => ({ key: `k${i}`, versions: [`s00000${i}`] })));
    });

    it("has a frame at both ends, sent before it was received, loopback included", async () => {
      const heard: string[] = [];
      const taker = (host: Host): void =>
        host.accept(() => ({ message: (message) => heard.push(message.type), close: () => {} }));
      const host = await world().boot("n1", taker);
      await world().boot("n2", taker);
      for (const to of ["n2", "n1"])
        host.dial(to, quiet).send({ type: "replica-get", id: 7, trace: 3, key: "k" });
      await world().until(() => heard.length === 2);
      const frames = (node: string, e: "sent" | "received", peer: string): EvidenceEvent[] =>
        world()
          .evidence(node)
          .filter(
            (event) => event.e === e && event.peer === peer && event.frame === "replica-read",
          );
      for (const to of ["n2", "n1"]) {
        const [sent] = frames("n1", "sent", to);
        const [received] = frames(to, "received", "n1");
        expect(sent).toMatchObject({ frame: "replica-read", request: 7, trace: 3, key: "k" });
        expect(received).toMatchObject({ frame: "replica-read", request: 7, trace: 3, key: "k" });
        expect(sent?.atUs).toBeLessThanOrEqual(received?.atUs ?? -1);
      }
    });

    it("tells of a frame before anybody has it, and tells of all that came before", async () => {
      const arrived: number[] = [];
      const known: (readonly number[])[] = [];
      const requests = (): readonly number[] =>
        world()
          .evidence("n1")
          .flatMap((event) =>
            event.e === "sent" && event.peer === "n2" && "request" in event ? [event.request] : [],
          );
      const host = await world().boot("n1", idle);
      await world().boot("n2", (theirs) =>
        theirs.accept(() => ({
          message: (message) => {
            arrived.push(message.id);
            known.push(requests());
          },
          close: () => {},
        })),
      );
      const stream = host.dial("n2", {
        ...quiet,
        open: () => {
          for (const id of [1, 2, 3]) stream.send({ type: "replica-get", id, key: "k" });
        },
      });
      await world().until(() => arrived.length === 3);
      for (const [i, ids] of known.entries())
        expect(ids.slice(0, i + 1)).toEqual(arrived.slice(0, i + 1));
    });

    it("of earlier boots outlives a kill and a wipe", async () => {
      const host = await world().boot("n1", idle);
      await synced(world(), host, "store", records(0, 1));
      await world().kill("n1");
      world().wipe("n1");
      await world().boot("n1", idle);
      const boots = world()
        .evidence("n1")
        .filter((event) => event.e === "boot" && event.phase === "start");
      expect(boots.map((event) => ("boot" in event ? event.boot : 0))).toEqual([1, 2]);
      expect(
        world()
          .evidence("n1")
          .some((event) => event.e === "sync"),
      ).toBe(true);
    });
  });
};
