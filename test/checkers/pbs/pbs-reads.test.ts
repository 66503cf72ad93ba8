import { describe, expect, test } from "vitest";
import { type Model, modelOf } from "../../../checkers/model/model.ts";
import { agedReads } from "../../../checkers/pbs/pbs-reads.ts";
import { visibilityOf } from "../../../checkers/pbs/pbs.ts";
import { chance, of, Scenario, stampOf, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { Operation } from "../../../checkers/index.ts";

const histories = sampleSize(20_000);

/**
 * Draws a history of writes, deletes and reads, some of them open or failed. All times are different, so that "the last
 * write before" is always one write.
 */
function random(seed: number): Scenario {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ r: 1, w: 1 });
  const times = Array.from({ length: 16 }, (_, i) => i);
  for (let i = times.length - 1; i > 0; i--) {
    const j = int(i + 1);
    [times[i], times[j]] = [times[j] ?? 0, times[i] ?? 0];
  }
  const interval = (): [number, number] => {
    const [a = 0, b = 0] = [times.pop(), times.pop()];
    return [Math.min(a, b), Math.max(a, b)];
  };
  const outcome = (): "ok" | "fail" | "info" | "open" =>
    pick(["ok", "ok", "ok", "ok", "fail", "info", "open"] as const);
  const versions = Array.from({ length: 1 + int(4) }, (_, i) => {
    const value = `v${1 + int(2) * 10 + i}`;
    const [start, end] = interval();
    const options = { outcome: outcome(), ...(int(6) === 0 ? { w: 2 } : {}) };
    if (int(4) === 0) {
      scenario.delete(stampOf(value), start, end, options);
      return tombstone(stampOf(value));
    }
    scenario.write(value, start, end, options);
    return of(value);
  });
  for (let i = 1 + int(3); i > 0; i--) {
    const [start, end] = interval();
    scenario.read(int(4) === 0 ? [] : [pick(versions)], start, end, {
      outcome: outcome(),
      ...(int(6) === 0 ? { r: 2 } : {}),
      ...(int(8) === 0 ? { final: true as const } : {}),
    });
  }
  return scenario;
}

/** The ages of the reads as a list, for the only key of these histories. */
function aged(model: Model): { ageUs: number; current: boolean }[] {
  const { agesUs, current } = agedReads(model, "k0");
  return Array.from(agesUs, (ageUs, i) => ({ ageUs, current: current[i] === 1 }));
}

test(`ages and currency of reads agree with their definition on ${histories} small histories`, () => {
  const counts = { current: 0, behind: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const model = modelOf(random(seed).events());
    const operations = model.operations;
    const before = (read: Operation): Operation | undefined =>
      operations
        .filter(({ f, outcome, endUs }) => f !== "read" && outcome === "ok" && endUs < read.startUs)
        .reduce<Operation | undefined>(
          (last, one) => (last === undefined || one.endUs > last.endUs ? one : last),
          undefined,
        );
    const wanted = operations
      .filter(
        ({ f, outcome, final, r }) => f === "read" && outcome === "ok" && !final && r === undefined,
      )
      .flatMap((read) => {
        const write = before(read);
        if (write === undefined || write.w !== undefined) return [];
        const shown = read.versions[0]?.version;
        const current =
          shown === undefined ? write.f === "delete" : shown >= (write.versions[0]?.version ?? "");
        return [{ startUs: read.startUs, aged: { ageUs: read.startUs - write.endUs, current } }];
      })
      .sort((a, b) => a.startUs - b.startUs)
      .map(({ aged }) => aged);
    expect(aged(model), `seed ${seed}`).toEqual(wanted);
    for (const { current } of wanted) counts[current ? "current" : "behind"]++;
  }
  expect(Math.min(counts.current, counts.behind)).toBeGreaterThan(histories / 25);
});

describe("where versions are siblings", () => {
  const read = (context: Record<string, number>, shown: string[]): boolean | undefined => {
    const scenario = new Scenario({ versions: "siblings", stamps: "none", r: 1, w: 1 });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.write("v2", 2, 3, { version: "b:2" });
    scenario.read(
      shown.map((version) => of("v1", version)),
      10,
      11,
      { context },
    );
    return aged(modelOf(scenario.events()))[0]?.current;
  };

  test("a read is current if it shows the last write or covers it", () => {
    expect(read({ a: 1 }, ["a:1"])).toBe(false);
    expect(read({ a: 1, b: 1 }, ["a:1"])).toBe(false);
    expect(read({ a: 1, b: 2 }, ["a:1", "b:2"])).toBe(true);
    expect(read({ a: 1, b: 3 }, ["b:3"])).toBe(true);
    expect(read({}, ["b:2"])).toBe(true);
  });
});

describe("from messages", () => {
  /**
   * One write and one read, with three replicas. The write reaches n1 at 2 ms and n2 at 8 ms, and never reaches n3.
   * Only n3 answers the read.
   */
  function messages(overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario {
    const scenario = new Scenario({ r: 1, w: 1, ...overrides });
    const write = scenario.write("v1", 0, 9);
    const read = scenario.read([], 12, 20);
    const store = (
      request: number,
      node: string,
      sentMs: number,
      appliedMs: number,
      heardMs: number,
    ): void => {
      const shared = { trace: write, request, key: "k0" } as const;
      scenario.frame("sent", "n1", node, sentMs, {
        frame: "replica-write",
        cause: "write",
        versions: [stampOf("v1")],
        ...shared,
      });
      scenario
        .frame("sent", node, "n1", appliedMs, { frame: "replica-write-ok", ...shared })
        .frame("received", "n1", node, heardMs, { frame: "replica-write-ok", ...shared });
    };
    store(1, "n1", 1, 2, 3);
    store(2, "n2", 1, 8, 9);
    scenario.frame("sent", "n1", "other0", 3, {
      frame: "client-write-ok",
      trace: write,
      key: "k0",
      versions: [stampOf("v1")],
    });
    const asked = { trace: read, request: 7, key: "k0" } as const;
    scenario.frame("sent", "n1", "n3", 13, { frame: "replica-read", ...asked });
    scenario
      .frame("sent", "n3", "n1", 15, { frame: "replica-read-ok", ...asked, versions: [] })
      .frame("received", "n1", "n3", 19, { frame: "replica-read-ok", ...asked, versions: [] });
    return scenario;
  }

  test("the age counts from the coordinator's acknowledgement to the read's first request", () => {
    expect(aged(modelOf(messages().events()))).toEqual([{ ageUs: 10_000, current: false }]);
  });

  test("measured and predicted stand side by side", () => {
    // One of the write's three requests is lost, and two of the read's. So a third of the writes never arrive, and some
    // reads never see them.
    const { visibility, visibilityByAge } = visibilityOf(modelOf(messages().events())) as {
      visibility: Record<string, number> & { predictedAfterMs: Record<string, number | null> };
      visibilityByAge: readonly Record<string, number>[];
    };
    expect(visibility).toMatchObject({
      reads: 1,
      current: 0,
      share: 0,
      low: 0,
      quorumMiss: expect.closeTo(2 / 3, 9) as number,
      predictedAfterMs: { p999: null },
    });
    expect(visibility["predicted"]).toBeGreaterThan(visibility["predictedAtOnce"] ?? 1);
    expect(visibility["predicted"]).toBeLessThan(1);
    expect(visibilityByAge).toEqual([
      {
        fromMs: 10,
        toMs: 20,
        reads: 1,
        current: 0,
        share: 0,
        low: 0,
        high: visibility["high"],
        predicted: visibility["predicted"],
      },
    ]);
  });

  test("quorums that meet are predicted to be current, sloppy ones not predicted", () => {
    expect(visibilityOf(modelOf(messages({ r: 2, w: 2 }).events()))).toMatchObject({
      visibility: { predicted: 1, predictedAtOnce: 1, quorumMiss: 0 },
    });
    expect(visibilityOf(modelOf(messages({ quorums: "sloppy" }).events()))).toMatchObject({
      visibility: { reads: 1, predicted: null, predictedAfterMs: null },
    });
  });

  test("without reads after a commit nothing is measured", () => {
    expect(visibilityOf(modelOf(new Scenario().events()))).toEqual({});
  });
});

describe("the bounds of what is measured", () => {
  test("a delete that a read of no sibling follows was read; a write that one follows was not", () => {
    const current = (f: "write" | "delete"): boolean | undefined => {
      const scenario = new Scenario({ versions: "siblings", stamps: "none", r: 1, w: 1 });
      if (f === "write") scenario.write("v1", 0, 1, { version: "a:1" });
      else scenario.delete("a:1", 0, 1);
      scenario.read([], 10, 11, { context: {} });
      return aged(modelOf(scenario.events()))[0]?.current;
    };
    expect([current("delete"), current("write")]).toEqual([true, false]);
    const either = new Scenario({ versions: "siblings", stamps: "none", r: 1, w: 1 });
    either.delete("b:1", 0, 1);
    either.read([of("v1", "a:1")], 10, 11, { context: { a: 1 } });
    either.read([of("v1", "a:1"), of("v2", "b:1")], 12, 13, { context: {} });
    expect(aged(modelOf(either.events())).map(({ current: one }) => one)).toEqual([false, true]);
  });

  test("a write that ends as the read begins is not before it; one without a version is not measured", () => {
    const scenario = new Scenario({ r: 1, w: 1 });
    scenario.write("v1", 0, 10);
    scenario.read([of("v1")], 10, 11);
    scenario.read([of("v1")], 12, 13);
    expect(aged(modelOf(scenario.events()))).toEqual([{ ageUs: 2000, current: true }]);
    const unversioned = scenario
      .events()
      .map((event) => (event.e === "ok" && event.op === 0 ? { ...event, versions: [] } : event))
      .filter((event) => !("op" in event && event.op === 1));
    const silent = unversioned.map((event) =>
      event.e === "ok" && event.op === 2 ? { ...event, versions: [] } : event,
    );
    expect(aged(modelOf(silent))).toEqual([]);
  });

  test("without the coordinator's answer, or the read's request, the clients' times count", () => {
    const ageUs = (answered: boolean, asked: boolean): number | undefined => {
      const scenario = new Scenario({ r: 1, w: 1 });
      scenario.write("v1", 0, 9);
      scenario.read([], 12, 20);
      scenario.read([], 30, 40);
      scenario.frame("sent", "n1", "other0", 2, {
        frame: "client-read-ok",
        trace: 0,
        key: "k0",
        versions: [],
      });
      if (answered)
        scenario.frame("sent", "n1", "other0", 3, {
          frame: "client-write-ok",
          trace: 0,
          key: "k0",
          versions: ["0001"],
        });
      if (asked)
        scenario.frame("sent", "n1", "n3", 13, {
          frame: "replica-read",
          trace: 1,
          request: 1,
          key: "k0",
        });
      else
        scenario.frame("sent", "n1", "n3", 31, {
          frame: "replica-read",
          trace: 2,
          request: 1,
          key: "k0",
        });
      return aged(modelOf(scenario.events()))[0]?.ageUs;
    };
    expect([ageUs(true, true), ageUs(false, true), ageUs(true, false)]).toEqual([
      10_000, 3_000, 3_000,
    ]);
  });

  test("the cluster's own quorums only, even where an operation names the same", () => {
    const counted = (write: number | undefined, read: number | undefined): number => {
      const scenario = new Scenario({ r: 1, w: 2 });
      scenario.write("v1", 0, 1, write === undefined ? {} : { w: write });
      scenario.read([], 2, 3, read === undefined ? {} : { r: read });
      return aged(modelOf(scenario.events())).length;
    };
    expect([
      counted(undefined, undefined),
      counted(2, 1),
      counted(1, undefined),
      counted(undefined, 2),
    ]).toEqual([1, 1, 0, 0]);
  });

  test("shares by age: each read in the row of its age, none below zero, and sloppy quorums are not predicted even where they would meet", () => {
    const scenario = new Scenario({ r: 2, w: 2, quorums: "sloppy" });
    scenario.write("v1", 0, 10);
    for (const startMs of [10.5, 11, 11.9, 12, 15, 20_009, 20_011])
      scenario.read(startMs === 11.9 ? [] : [of("v1")], startMs, startMs + 1);
    const { visibility, visibilityByAge } = visibilityOf(modelOf(scenario.events())) as {
      visibility: Record<string, unknown>;
      visibilityByAge: readonly Record<string, number>[];
    };
    expect(visibility).toMatchObject({
      reads: 7,
      current: 6,
      predicted: null,
      predictedAtOnce: null,
    });
    expect(
      visibilityByAge.map(({ fromMs, toMs, reads, current }) => [fromMs, toMs, reads, current]),
    ).toEqual([
      [0, 1, 1, 1],
      [1, 2, 2, 1],
      [2, 5, 1, 1],
      [5, 10, 1, 1],
      [10_000, null, 2, 2],
    ]);
    const meeting = new Scenario({ r: 2, w: 2 });
    meeting.write("v1", 0, 10);
    meeting.read([of("v1")], 11, 12);
    expect(visibilityOf(modelOf(meeting.events()))).toMatchObject({
      visibility: { reads: 1, predicted: 1, predictedAfterMs: { p50: 0, p999: 0 } },
      visibilityByAge: [{ predicted: 1 }],
    });
    // With R + W = N quorums need not overlap. Without messages, nothing can be predicted.
    const apart = new Scenario({ r: 1, w: 2 });
    apart.write("v1", 0, 10);
    apart.read([of("v1")], 11, 12);
    expect(visibilityOf(modelOf(apart.events()))).toMatchObject({
      visibility: { reads: 1, predicted: null },
    });
    // The read of k1 comes before any commit of that key, so only the read of k0 counts.
    meeting.read([], 1, 2, { key: "k1" });
    expect(visibilityOf(modelOf(meeting.events()))).toMatchObject({ visibility: { reads: 1 } });
  });

  test("after how many milliseconds reads are predicted current", () => {
    const scenario = new Scenario({ n: 2, r: 1, w: 1, preference: { k0: ["n1", "n2"] } });
    scenario.write("v1", 0, 9);
    scenario.read([of("v1")], 200, 300);
    for (const [request, node, appliedMs] of [
      [1, "n1", 2],
      [2, "n2", 101],
    ] as const) {
      const write = { trace: 0, request, key: "k0" } as const;
      const reply = { frame: "replica-write-ok", ...write } as const;
      scenario
        .frame("sent", "n1", node, 1, {
          frame: "replica-write",
          cause: "write",
          versions: ["0001"],
          ...write,
        })
        .frame("sent", node, "n1", appliedMs, reply)
        .frame("received", "n1", node, appliedMs + 1, reply);
      const read = { trace: 1, request: 2 + request, key: "k0" } as const;
      const told = { frame: "replica-read-ok", versions: [], ...read } as const;
      scenario
        .frame("sent", "n1", node, 201, { frame: "replica-read", ...read })
        .frame("sent", node, "n1", 202, told)
        .frame("received", "n1", node, 203, told);
    }
    // A write takes 1 or 100 ms to reach a replica. If it reaches one replica in 1 ms and the other in 100 ms, it is
    // acknowledged after 2 ms, and a read request then takes 1 ms to the other replica. The read must begin 97 ms later
    // to see the write.
    expect(visibilityOf(modelOf(scenario.events()))).toMatchObject({
      visibility: { predictedAfterMs: { p50: 0, p95: 97, p99: 97, p999: 97 } },
    });
  });
});
