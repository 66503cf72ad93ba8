/** What store/host.ts promises, shown against any Host: one suite, an adapter for each. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EvidenceEvent } from "../../checkers/index.ts";
import type { Host, LogRecord, Message, RecoveredEntry, Remote, Stream, StreamHandlers } from "../../store/index.ts";

/** Machines n1, n2, n3 of one cluster, none of them running; `nobody` is a name where nobody ever listens. */
export interface HostWorld {
  /** Starts the node's next boot; `program` is called with its Host before anything can arrive. Resolves once it can be dialled. */
  boot(node: string, program: (host: Host) => void): Promise<Host>;
  /** SIGKILL. */
  kill(node: string): Promise<void>;
  /** The killed node's disk is empty from now on. */
  wipe(node: string): void;
  /** Cuts into the last entry of the killed node's log, so that it is not whole any more. */
  tear(node: string, log: string): void;
  evidence(node: string): readonly EvidenceEvent[];
  /** Lets time pass until the condition holds; rejects when it never does. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
}

const record = (value: number): LogRecord => ({ key: `k${value}`, state: { kind: "stamped", stamp: `s${String(value).padStart(6, "0")}`, value: `v${value}` } });
const records = (from: number, to: number): LogRecord[] => Array.from({ length: to - from }, (_, i) => record(from + i));
const wholeRecords = (entries: readonly RecoveredEntry[]): LogRecord[] => entries.flatMap((entry) => (entry.whole ? [entry.record] : []));
const ping = (id: number): Message => ({ type: "ping", id });
const quiet: StreamHandlers = { message: () => {}, close: () => {} };
const idle = (host: Host): void => host.accept(() => quiet);

/** Takes streams, keeps what arrives on them, and answers each ping by a pong. */
const listener = () => {
  const heard: number[] = [];
  const remotes: Remote[] = [];
  const streams: Stream[] = [];
  const closes: string[] = [];
  const take = (remote: Remote, stream: Stream): StreamHandlers => {
    remotes.push(remote);
    streams.push(stream);
    return {
      message: (message) => {
        if (message.type !== "ping") return;
        heard.push(message.id);
        stream.send({ type: "pong", id: message.id });
      },
      close: (reason) => closes.push(reason),
    };
  };
  return { heard, remotes, streams, closes, program: (host: Host) => host.accept(take) };
};

/** A dialled stream's handlers that keep what they are told. */
const dialler = () => {
  const events: string[] = [];
  const handlers: StreamHandlers = {
    open: () => events.push("open"),
    message: (message) => events.push(`message ${message.type === "pong" ? message.id : message.type}`),
    close: () => events.push("close"),
  };
  return { events, handlers };
};

export const hostSuite = (name: string, create: () => Promise<HostWorld>): void => {
  describe(`Host: ${name}`, () => {
    let world: HostWorld;
    beforeEach(async () => {
      world = await create();
    });
    afterEach(() => world.end());

    const synced = async (host: Host, log: string, added: readonly LogRecord[]): Promise<void> => {
      let outcome: Error | null | undefined;
      for (const each of added) host.log(log).append(each);
      host.log(log).sync((error) => {
        outcome = error;
      });
      await world.until(() => outcome !== undefined);
      expect(outcome).toBeNull();
    };
    const recovered = async (host: Host, log: string): Promise<readonly RecoveredEntry[]> => {
      let entries: readonly RecoveredEntry[] | undefined;
      host.log(log).recover((found) => {
        entries = found;
      });
      expect(entries, "recover called back from within the call").toBeUndefined();
      await world.until(() => entries !== undefined);
      return entries ?? [];
    };

    describe("clocks, timers, chance", () => {
      it("has a monotonic clock that never runs backwards and a wall clock of this century", async () => {
        const host = await world.boot("n1", idle);
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
        const host = await world.boot("n1", idle);
        let fired = 0;
        host.setTimer(0, () => fired++);
        expect(fired).toBe(0);
        await world.until(() => fired > 0);
        await world.pass(20);
        expect(fired).toBe(1);
      });

      it("never fires a cancelled timer, and cancels twice and after the fact without harm", async () => {
        const host = await world.boot("n1", idle);
        let fired = 0;
        const cancelled = host.setTimer(5, () => fired++);
        cancelled.cancel();
        cancelled.cancel();
        const kept = host.setTimer(5, () => fired++);
        await world.pass(50);
        expect(fired).toBe(1);
        kept.cancel();
      });

      it("draws numbers in [0, 1) that differ", async () => {
        const host = await world.boot("n1", idle);
        const drawn = Array.from({ length: 100 }, () => host.random());
        expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
        expect(new Set(drawn).size).toBeGreaterThan(90);
      });
    });

    describe("streams", () => {
      for (const to of ["n2", "n1"]) {
        it(`opens to ${to === "n1" ? "itself" : "a peer"}, keeps the order, names the dialler`, async () => {
          const there = listener();
          const other = to === "n1" ? there : listener();
          const host = await world.boot("n1", to === "n1" ? there.program : idle);
          if (to !== "n1") await world.boot(to, there.program);
          const here = dialler();
          const stream = host.dial(to, here.handlers);
          expect(here.events, "dial called back from within the call").toEqual([]);
          // Some before it is open, some after: one order for all.
          for (let id = 0; id < 50; id++) stream.send(ping(id));
          await world.until(() => here.events.includes("open"));
          for (let id = 50; id < 200; id++) stream.send(ping(id));
          await world.until(() => here.events.length === 201);
          const ids = Array.from({ length: 200 }, (_, id) => id);
          expect(there.heard).toEqual(ids);
          expect(here.events).toEqual(["open", ...ids.map((id) => `message ${id}`)]);
          expect(there.remotes).toEqual([{ kind: "peer", node: "n1" }]);
          expect(stream.bufferedBytes()).toBe(0);
          expect(other.closes).toEqual([]);
        });
      }

      it("closes a dial to a node that does not run, once and without opening", async () => {
        const host = await world.boot("n1", idle);
        for (const to of ["n2", "nobody"]) {
          const here = dialler();
          host.dial(to, here.handlers);
          expect(here.events).toEqual([]);
          await world.until(() => here.events.length > 0);
          await world.pass(50);
          expect(here.events).toEqual(["close"]);
        }
      });

      it("tells both ends of a close once, and sends nothing after it", async () => {
        const there = listener();
        const host = await world.boot("n1", idle);
        await world.boot("n2", there.program);
        const here = dialler();
        const stream = host.dial("n2", here.handlers);
        await world.until(() => here.events.includes("open") && there.streams.length === 1);
        stream.close("enough");
        expect(here.events, "close called back from within the call").toEqual(["open"]);
        stream.close("again");
        stream.send(ping(1));
        await world.until(() => there.closes.length > 0 && here.events.includes("close"));
        there.streams[0]?.send(ping(2));
        await world.pass(50);
        expect(here.events).toEqual(["open", "close"]);
        expect(there.closes).toHaveLength(1);
        expect(there.heard).toEqual([]);
      });

      it("lets the accepting end close too", async () => {
        const there = listener();
        const host = await world.boot("n1", idle);
        await world.boot("n2", there.program);
        const here = dialler();
        host.dial("n2", here.handlers);
        await world.until(() => here.events.includes("open") && there.streams.length === 1);
        there.streams[0]?.close("not you");
        await world.until(() => here.events.includes("close") && there.closes.length === 1);
        await world.pass(50);
        expect(here.events).toEqual(["open", "close"]);
      });

      it("closes the streams of a killed peer, and opens new ones to its next boot", async () => {
        const host = await world.boot("n1", idle);
        await world.boot("n2", listener().program);
        const here = dialler();
        host.dial("n2", here.handlers);
        await world.until(() => here.events.includes("open"));
        await world.kill("n2");
        await world.until(() => here.events.includes("close"));
        expect(here.events).toEqual(["open", "close"]);
        await world.boot("n2", listener().program);
        const next = dialler();
        host.dial("n2", next.handlers);
        await world.until(() => next.events.includes("open"));
      });
    });

    describe("the log", () => {
      it("is empty at first, and gives back what was synced in order after a kill", async () => {
        const first = await world.boot("n1", idle);
        expect(await recovered(first, "store")).toEqual([]);
        await synced(first, "store", records(0, 100));
        await synced(first, "store", records(100, 150));
        await world.kill("n1");
        const second = await world.boot("n1", idle);
        expect(await recovered(second, "store")).toEqual(records(0, 150).map((each) => ({ whole: true, record: each })));
      });

      it("loses in a kill what was appended and not synced", async () => {
        const first = await world.boot("n1", idle);
        await synced(first, "store", records(0, 3));
        for (const each of records(3, 10)) first.log("store").append(each);
        await world.kill("n1");
        const second = await world.boot("n1", idle);
        expect(wholeRecords(await recovered(second, "store"))).toEqual(records(0, 3));
      });

      it("finishes several syncs in the order of the calls, never from within one", async () => {
        const host = await world.boot("n1", idle);
        const log = host.log("store");
        const finished: number[] = [];
        for (let i = 0; i < 20; i++) {
          log.append(record(i));
          log.sync(() => finished.push(i));
        }
        // Nothing to write: still a sync, behind those before it.
        log.sync(() => finished.push(20));
        expect(finished).toEqual([]);
        await world.until(() => finished.length === 21);
        expect(finished).toEqual(Array.from({ length: 21 }, (_, i) => i));
      });

      it("keeps logs of different names apart", async () => {
        const first = await world.boot("n1", idle);
        await synced(first, "one", records(0, 2));
        await synced(first, "two/three", records(5, 6));
        await world.kill("n1");
        const second = await world.boot("n1", idle);
        expect(wholeRecords(await recovered(second, "one"))).toEqual(records(0, 2));
        expect(wholeRecords(await recovered(second, "two/three"))).toEqual(records(5, 6));
      });

      it("keeps after a cut the first entries alone, and what is appended then", async () => {
        const first = await world.boot("n1", idle);
        await synced(first, "store", records(0, 10));
        await world.kill("n1");
        const second = await world.boot("n1", idle);
        await recovered(second, "store");
        let outcome: Error | null | undefined;
        second.log("store").cut(4, (error) => {
          outcome = error;
        });
        expect(outcome, "cut called back from within the call").toBeUndefined();
        await world.until(() => outcome !== undefined);
        expect(outcome).toBeNull();
        await synced(second, "store", records(20, 22));
        await world.kill("n1");
        const third = await world.boot("n1", idle);
        expect(wholeRecords(await recovered(third, "store"))).toEqual([...records(0, 4), ...records(20, 22)]);
      });

      it("reports a torn last entry as damaged, and cutting it off leaves the rest whole", async () => {
        const first = await world.boot("n1", idle);
        await synced(first, "store", records(0, 5));
        await world.kill("n1");
        world.tear("n1", "store");
        const second = await world.boot("n1", idle);
        const entries = await recovered(second, "store");
        expect(wholeRecords(entries)).toEqual(records(0, 4));
        expect(entries).toHaveLength(5);
        expect(entries[4]).toMatchObject({ whole: false, last: true });
        let done = false;
        second.log("store").cut(4, (error) => {
          expect(error).toBeNull();
          done = true;
        });
        await world.until(() => done);
        await synced(second, "store", [record(9)]);
        await world.kill("n1");
        const third = await world.boot("n1", idle);
        expect(await recovered(third, "store")).toEqual([...records(0, 4), record(9)].map((each) => ({ whole: true, record: each })));
      });
    });

    describe("boots", () => {
      it("count up, and are never used twice, not even after the disk was wiped", async () => {
        expect((await world.boot("n1", idle)).boot).toBe(1);
        await world.kill("n1");
        expect((await world.boot("n1", idle)).boot).toBe(2);
        await world.kill("n1");
        world.wipe("n1");
        const third = await world.boot("n1", idle);
        expect(third.boot).toBe(3);
        expect(await recovered(third, "store")).toEqual([]);
      });

      it("are revoked by a kill: no timer, sync or stream calls back", async () => {
        const there = listener();
        const host = await world.boot("n1", idle);
        await world.boot("n2", there.program);
        const here = dialler();
        const stream = host.dial("n2", here.handlers);
        await world.until(() => here.events.includes("open"));
        const called: string[] = [];
        host.setTimer(10, () => called.push("timer"));
        host.log("store").append(record(1));
        host.log("store").sync(() => called.push("sync"));
        host.log("other").recover(() => called.push("recover"));
        stream.send(ping(1));
        await world.kill("n1");
        await world.pass(100);
        expect(called).toEqual([]);
        expect(here.events).toEqual(["open"]);
      });

      it("end with a halt, whose reason the evidence keeps", async () => {
        let fired = 0;
        const host = await world.boot("n1", idle);
        host.setTimer(10, () => fired++);
        host.halt("the disk is on fire");
        await world.pass(50);
        expect(fired).toBe(0);
        expect(world.evidence("n1").at(-1)).toMatchObject({ e: "boot", phase: "end", detail: expect.stringContaining("the disk is on fire") });
      });
    });

    describe("evidence", () => {
      it("begins with the boot, and counts without a gap", async () => {
        const host = await world.boot("n1", idle);
        for (let i = 0; i < 5; i++) host.explain({ what: "counting", key: `k${i}`, detail: "for the test" });
        await synced(host, "store", records(0, 2));
        const seen = world.evidence("n1");
        expect(seen[0]).toMatchObject({ e: "boot", phase: "start", node: "n1", boot: 1 });
        expect(seen.map((event) => ("seq" in event ? event.seq : -1))).toEqual(seen.map((_, i) => i));
        expect(seen.filter((event) => event.e === "explain")).toHaveLength(5);
        expect(seen.find((event) => event.e === "explain")).toMatchObject({ what: "counting", key: "k0", detail: "for the test" });
      });

      it("has a sync, with its records, before the sync says that it is done", async () => {
        const host = await world.boot("n1", idle);
        const log = host.log("store");
        let atDone: readonly EvidenceEvent[] | undefined;
        for (const each of records(0, 3)) log.append(each);
        expect(world.evidence("n1").some((event) => event.e === "sync")).toBe(false);
        log.sync(() => {
          atDone = world.evidence("n1");
        });
        await world.until(() => atDone !== undefined);
        const listed = (atDone ?? []).flatMap((event) => (event.e === "sync" ? event.records : []));
        expect(listed).toEqual([0, 1, 2].map((i) => ({ key: `k${i}`, versions: [`s00000${i}`] })));
      });

      it("has a frame at both ends, sent before it was received, loopback included", async () => {
        const heard: string[] = [];
        const taker = (host: Host): void => host.accept(() => ({ message: (message) => heard.push(message.type), close: () => {} }));
        const host = await world.boot("n1", taker);
        await world.boot("n2", taker);
        for (const to of ["n2", "n1"]) host.dial(to, quiet).send({ type: "replica-get", id: 7, trace: 3, key: "k" });
        await world.until(() => heard.length === 2);
        const frames = (node: string, e: "sent" | "received", peer: string): EvidenceEvent[] =>
          world.evidence(node).filter((event) => event.e === e && event.peer === peer && event.frame === "replica-read");
        for (const to of ["n2", "n1"]) {
          const [sent] = frames("n1", "sent", to);
          const [received] = frames(to, "received", "n1");
          expect(sent).toMatchObject({ frame: "replica-read", request: 7, trace: 3, key: "k" });
          expect(received).toMatchObject({ frame: "replica-read", request: 7, trace: 3, key: "k" });
          expect(sent?.atUs).toBeLessThanOrEqual(received?.atUs ?? -1);
        }
      });

      it("of earlier boots outlives a kill and a wipe", async () => {
        const host = await world.boot("n1", idle);
        await synced(host, "store", records(0, 1));
        await world.kill("n1");
        world.wipe("n1");
        await world.boot("n1", idle);
        const boots = world.evidence("n1").filter((event) => event.e === "boot" && event.phase === "start");
        expect(boots.map((event) => ("boot" in event ? event.boot : 0))).toEqual([1, 2]);
        expect(world.evidence("n1").some((event) => event.e === "sync")).toBe(true);
      });
    });
  });
};
