import { describe, expect, test } from "vitest";
import { EvidenceIndex } from "../../../checkers/evidence/evidence-index.ts";
import { foreignEvidence } from "../../../checkers/evidence/extent.ts";
import { inOrder, positionOf, startOfBoot } from "../../../checkers/evidence/position.ts";
import { SyncIndex } from "../../../checkers/evidence/syncs.ts";
import type { EvidenceEvent, FrameSummary, SyncEvent } from "../../../checkers/index.ts";
import type { EvidenceExtent } from "../../../checkers/language/history.ts";

/** Parses a place: `2.7` stands for event 7 of boot 2. */
const at = (place: string): { boot: number; seq: number } => {
  const [boot, seq] = place.split(".").map(Number) as [number, number];
  return { boot, seq };
};
const recorded = (...places: string[]): EvidenceEvent[] =>
  places.map((place) => ({ e: "boot", atUs: 0, node: "n1", ...at(place), phase: "start" }));
const position = (place: string): number => positionOf(at(place));

describe("lost evidence", () => {
  test("the start of a boot, although a boot's numbers may begin at 1", () => {
    const [start, next] = recorded("1.0", "1.1");
    const other: EvidenceEvent = { e: "explain", atUs: 0, node: "n1", ...at("1.1"), what: "ready" };
    expect(new EvidenceIndex([start as EvidenceEvent, other]).losses()).toEqual([]);
    expect(new EvidenceIndex([next as EvidenceEvent]).losses()).toEqual([]);
    expect(new EvidenceIndex([other]).losses()).toEqual([
      "evidence of n1 is lost from event 0 of its boot 1 on",
    ]);
  });

  test.each<[string, string[], string[]]>([
    ["none, from 0", ["1.0", "1.1", "1.2"], []],
    ["none, from 1", ["1.1", "1.2"], []],
    ["none, whatever the order of the file", ["1.2", "1.0", "1.1"], []],
    ["the first", ["1.2", "1.3"], ["1.0"]],
    ["one between", ["1.0", "1.2"], ["1.1"]],
    ["several between are one stretch", ["1.0", "1.5"], ["1.1"]],
    ["a number that occurs twice", ["1.0", "1.1", "1.1", "1.2"], ["1.1"]],
    ["none between boots", ["1.0", "1.1", "2.0", "2.1"], []],
    ["the first of a later boot", ["1.0", "2.2"], ["2.0"]],
    ["a whole boot", ["1.0", "3.0"], ["2.0"]],
    ["two boots are one stretch", ["1.0", "4.1"], ["2.0"]],
    ["a boot, and the first of the next", ["1.0", "3.2"], ["2.0", "3.0"]],
    ["nothing before the first boot that was seen", ["3.0", "3.1"], []],
  ])("%s", (_, places, gaps) => {
    const index = new EvidenceIndex(inOrder(recorded(...places)));
    const known = [
      "1.0",
      "1.1",
      "1.2",
      "1.3",
      "1.4",
      "2.0",
      "2.1",
      "2.2",
      "3.0",
      "3.1",
      "3.2",
      "4.0",
    ];
    expect(
      known.filter((place) => !index.complete("n1", position(place) - 1, position(place))),
    ).toEqual(gaps);
    expect(index.gapCount()).toBe(gaps.length);
    expect(index.complete("n1", -Infinity, Infinity)).toBe(gaps.length === 0);
  });

  test.each<[string, string[], Record<string, number>, string[]]>([
    ["nothing", ["1.0", "1.1", "2.0"], { 1: 1, 2: 0 }, []],
    ["the end of a boot", ["1.0", "1.1", "2.0"], { 1: 3, 2: 0 }, ["1.2"]],
    ["the end of the last boot", ["1.0", "2.0"], { 1: 0, 2: 1 }, ["2.1"]],
    ["the whole of the last boot", ["1.0"], { 1: 0, 2: 1 }, ["2.0"]],
    ["a whole boot before it", ["1.0", "3.0"], { 1: 0, 2: 0, 3: 0 }, ["2.0"]],
    ["all of a node", [], { 1: 0 }, ["1.0"]],
    ["the middle and the end", ["1.0", "1.2"], { 1: 3 }, ["1.1", "1.3"]],
  ])("by what the closing event says: %s", (_, places, boots, gaps) => {
    const index = new EvidenceIndex(recorded(...places), { n1: boots });
    const known = ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1", "3.0"];
    expect(
      known.filter((place) => !index.complete("n1", position(place) - 1, position(place))),
    ).toEqual(gaps);
    expect(index.losses()).toHaveLength(gaps.length === 0 ? 0 : 1);
    const last = Math.max(...Object.keys(boots).map(Number));
    expect(index.lastBoot("n1")).toBe(last);
  });

  test("nothing is lost of a newcomer that never ran, as the closing event says", () => {
    const of = (extent: EvidenceExtent): EvidenceIndex =>
      new EvidenceIndex(recorded("1.0"), extent, ["n2"]);
    expect(of({ n1: { 1: 0 } }).complete("n2", -Infinity, Infinity)).toBe(true);
    expect(of({ n1: { 1: 0 }, n2: { 1: 3 } }).complete("n2", -Infinity, Infinity)).toBe(false);
    // The closing event has no counts, so evidence of n2 may be lost.
    expect(of({}).complete("n2", -Infinity, Infinity)).toBe(false);
  });

  test("which node lost it, and from which event on", () => {
    expect(new EvidenceIndex(recorded("1.0", "1.1"), { n1: { 1: 9 } }).losses()).toEqual([
      "evidence of n1 is lost from event 2 of its boot 1 on",
    ]);
  });

  test("what matters is the stretch that is asked for: its beginning is not part of it, its end is", () => {
    const index = new EvidenceIndex(recorded("1.0", "1.2"));
    expect(index.complete("n1", startOfBoot(1), position("1.0"))).toBe(true);
    expect(index.complete("n1", startOfBoot(1), position("1.1"))).toBe(false);
    expect(index.complete("n1", position("1.1"), Infinity)).toBe(true);
    expect(index.complete("n1", position("1.0"), Infinity)).toBe(false);
  });

  test("of a node that recorded nothing, nothing is complete; gaps are counted over all nodes", () => {
    const index = new EvidenceIndex([
      ...recorded("1.0", "1.2", "1.4"),
      ...recorded("2.2").map((event) => ({ ...event, node: "n2" })),
    ]);
    expect([
      index.complete("n3", 0, 1),
      index.lastBoot("n3"),
      index.lastBoot("n1"),
      index.lastBoot("n2"),
    ]).toEqual([false, 0, 1, 2]);
    expect(index.gapCount()).toBe(3);
  });

  test("a boot begins after all of the one before", () => {
    expect(startOfBoot(2)).toBe(position("2.0") - 1);
    expect(startOfBoot(2)).toBeGreaterThan(position("1.4294967294"));
  });
});

describe("replies and their sendings", () => {
  const frame = (
    e: "sent" | "received",
    node: string,
    peer: string,
    seq: number,
    summary: FrameSummary,
    boot = 1,
  ): EvidenceEvent => ({ e, atUs: seq * 10, node, boot, seq, peer, ...summary });
  const reply = { frame: "replica-write-ok", trace: 3, request: 5, key: "k0" } as const;
  const request = {
    frame: "replica-write",
    trace: 3,
    request: 5,
    cause: "write",
    key: "k0",
    versions: ["0001"],
  } as const;

  test("a reply belongs to the request of its number, of that boot of the coordinator", () => {
    const index = new EvidenceIndex([
      frame("sent", "n1", "n2", 1, request),
      frame("received", "n1", "n2", 2, reply),
      frame("received", "n1", "n2", 3, { ...reply, request: 6 }),
      frame("received", "n1", "n2", 1, reply, 2),
      frame("received", "n3", "n2", 1, reply),
      frame("sent", "n1", "n2", 4, reply),
    ]);
    const [sent] = index.storeRequests.get(3) ?? [];
    if (sent === undefined) return expect.fail("no request");
    expect(index.repliesTo(sent).map(({ node, boot, seq }) => [node, boot, seq])).toEqual([
      ["n1", 1, 2],
    ]);
    expect(index.repliesTo({ ...sent, request: 99 })).toEqual([]);
  });

  test("its sending is the replica's last that fits in every field and was not after it", () => {
    const received = { ...frame("received", "n1", "n2", 9, reply), ...reply } as Extract<
      EvidenceEvent,
      { frame: "replica-write-ok" }
    >;
    const sending = (...sent: EvidenceEvent[]): number | undefined =>
      new EvidenceIndex(sent).sendingOf(received)?.seq;
    expect(sending(frame("sent", "n2", "n1", 4, reply))).toBe(4);
    expect(
      sending(
        frame("sent", "n2", "n1", 4, reply),
        frame("sent", "n2", "n1", 9, reply),
        frame("sent", "n2", "n1", 10, reply),
      ),
    ).toBe(9);
    expect(sending()).toBeUndefined();
    expect(sending(frame("sent", "n3", "n1", 4, reply))).toBeUndefined();
    expect(sending(frame("sent", "n2", "n3", 4, reply))).toBeUndefined();
    expect(sending(frame("sent", "n2", "n1", 4, { ...reply, request: 6 }))).toBeUndefined();
    expect(sending(frame("sent", "n2", "n1", 4, { ...reply, key: "k1" }))).toBeUndefined();
    expect(sending(frame("sent", "n2", "n1", 4, { ...reply, trace: 4 }))).toBeUndefined();
    expect(
      sending(
        frame("sent", "n2", "n1", 4, {
          frame: "replica-read-ok",
          trace: 3,
          request: 5,
          key: "k0",
          versions: [],
        }),
      ),
    ).toBeUndefined();
  });

  test("requests without an operation are repair: known by key, and by node where they arrived, hints apart", () => {
    const { trace: _, ...untraced } = { ...request, cause: "read-repair" } as const;
    const index = new EvidenceIndex([
      frame("sent", "n1", "n2", 1, untraced),
      frame("sent", "n1", "n2", 2, request),
      frame("sent", "n1", "n2", 3, { frame: "replica-read", request: 8, key: "k0" }),
      frame("received", "n2", "n1", 1, untraced),
      frame("received", "n2", "n1", 2, { ...request, hintFor: "n3" }),
      frame("received", "n2", "n1", 3, { frame: "other", detail: "alive" }),
      frame("sent", "n2", "n1", 4, { frame: "other", detail: "alive" }),
    ]);
    expect(index.repairs("k0").map(({ seq }) => seq)).toEqual([1]);
    expect([
      index.repairs("k1"),
      index.storesReceived("n2", "k1"),
      index.storesReceived("n1", "k0"),
    ]).toEqual([[], [], []]);
    expect([...index.storeRequests.keys()]).toEqual([3]);
    expect([...index.readRequests.keys()]).toEqual([]);
    expect(index.storesReceived("n2", "k0").map(({ seq }) => seq)).toEqual([1]);
  });
});

test("what replicas confirmed and told is kept by operation, each apart; what belongs to none, nowhere", () => {
  const place = { atUs: 1, node: "n2", boot: 1, peer: "n1", e: "sent" } as const;
  const told = { frame: "replica-read-ok", request: 1, key: "k0", versions: [] } as const;
  const confirmed = { frame: "replica-write-ok", request: 1, key: "k0" } as const;
  const index = new EvidenceIndex([
    { ...place, seq: 0, ...told, trace: 4 },
    { ...place, seq: 1, ...confirmed, trace: 5 },
    { ...place, seq: 2, ...told },
    { ...place, seq: 3, ...confirmed },
  ]);
  expect([[...index.confirmedFor.keys()], [...index.toldFor.keys()]]).toEqual([[5], [4]]);
  expect([index.confirmedFor.get(5)?.length, index.toldFor.get(4)?.length]).toEqual([1, 1]);
});

test("other events are no frames", () => {
  const boot = {
    e: "boot",
    atUs: 0,
    node: "n1",
    boot: 1,
    seq: 0,
    phase: "start",
    frame: "replica-write",
    cause: "write",
    trace: 1,
    request: 1,
    peer: "n2",
    key: "k0",
    versions: [],
  } as unknown as EvidenceEvent;
  expect(new EvidenceIndex([boot]).storesReceived("n1", "k0")).toEqual([]);
});

describe("evidence of another run", () => {
  const extent = { n1: { "1": 2, "2": 0 } };
  const timed = (...events: [place: string, atUs: number][]): EvidenceEvent[] =>
    events.flatMap(([place, atUs]) => recorded(place).map((event) => ({ ...event, atUs })));

  test("is none where each event is one that was recorded, whatever the order of the file", () => {
    expect(
      foreignEvidence(inOrder(timed(["2.0", 9], ["1.0", 5], ["1.1", 5], ["1.2", 7])), extent),
    ).toBeNull();
  });

  test.each<[string, EvidenceEvent[]]>([
    ["n1 recorded event 1 of its boot 1 twice", timed(["1.0", 1], ["1.1", 2], ["1.1", 2])],
    ["the clock of n1 runs back at event 1 of its boot 1", timed(["1.0", 5], ["1.1", 4])],
    ["the clock of n1 runs back at event 0 of its boot 2", timed(["1.0", 5], ["2.0", 4])],
    ["the file has event 3 of boot 1 of n1, but n1 recorded no such event", timed(["1.3", 5])],
    ["the file has event 0 of boot 3 of n1, but n1 recorded no such event", timed(["3.0", 5])],
    [
      "the file has event 0 of boot 1 of constructor, but constructor recorded no such event",
      recorded("1.0").map((event) => ({ ...event, node: "constructor" })),
    ],
  ])("%s", (why, events) => {
    expect(foreignEvidence(events, extent)).toBe(`evidence of another run is mixed in: ${why}`);
  });
});

describe("the first sync of a version", () => {
  const sync = (
    seq: number,
    versions: string[],
    context?: Record<string, number>,
    more: Partial<SyncEvent["records"][number]> = {},
  ): SyncEvent => ({
    e: "sync",
    atUs: seq,
    node: "n1",
    boot: 1,
    seq,
    hash: "h",
    records: [{ key: "k0", versions, ...(context === undefined ? {} : { context }), ...more }],
  });
  const first = (
    kind: "stamps" | "siblings",
    version: string,
    ...syncs: SyncEvent[]
  ): number | undefined => new SyncIndex(syncs).first(kind, "n1", "k0", version)?.seq;

  test("stamps: it, or a larger one", () => {
    const syncs = [
      sync(1, ["0003"]),
      sync(2, ["0001"]),
      sync(3, ["0005"]),
      sync(4, ["0005"]),
      sync(5, ["0004"]),
    ];
    expect(
      ["0001", "0003", "0004", "0005", "0006"].map((version) => first("stamps", version, ...syncs)),
    ).toEqual([1, 1, 3, 3, undefined]);
    expect(first("stamps", "0001")).toBeUndefined();
  });

  test("siblings: by name or by a context that covers it, whichever came first", () => {
    expect(
      first("siblings", "a:1", sync(1, ["a:1"]), sync(2, ["a:1"]), sync(3, ["b:1"], { a: 1 })),
    ).toBe(1);
    expect(first("siblings", "a:1", sync(1, ["b:1"], { a: 1 }), sync(2, ["a:1"]))).toBe(1);
    expect(
      first(
        "siblings",
        "a:2",
        sync(1, ["b:1"], { a: 1 }),
        sync(2, ["b:1"], { a: 3 }),
        sync(3, ["a:2"]),
        sync(4, [], { a: 2 }),
      ),
    ).toBe(2);
    expect(first("siblings", "a:2", sync(1, ["a:2"], { a: 2, b: 1 }))).toBe(1);
    expect(first("siblings", "c:1", sync(1, ["a:2"], { a: 2, b: 1 }))).toBeUndefined();
  });

  test("hints and data are apart", () => {
    const syncs = [sync(1, ["0001"], undefined, { hintFor: "n3" }), sync(2, ["0001"])];
    expect([
      new SyncIndex(syncs).first("stamps", "n1", "k0", "0001")?.seq,
      new SyncIndex(syncs, "hints").first("stamps", "n1", "k0", "0001")?.seq,
    ]).toEqual([2, 1]);
    const index = new EvidenceIndex(syncs);
    expect([
      index.syncs.first("stamps", "n1", "k0", "0001")?.seq,
      index.hintSyncs.first("stamps", "n1", "k0", "0001")?.seq,
    ]).toEqual([2, 1]);
  });

  test("exactly this version", () => {
    const index = new SyncIndex([sync(1, ["0002"], { a: 3 })]);
    expect([
      index.named("n1", "k0", "0002"),
      index.named("n1", "k0", "0001"),
      index.named("n1", "k1", "0002"),
      index.named("n2", "k0", "0002"),
    ]).toEqual([true, false, false, false]);
  });
});
