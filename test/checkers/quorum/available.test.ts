import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { untouchedQuorum } from "../../../checkers/quorum/available.ts";
import { chance, judgeBy, of, type RunOverrides, Scenario } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { HistoryEvent } from "../../../checkers/index.ts";

const histories = sampleSize(20_000);
const nodes = ["n1", "n2", "n3", "n4"];
const base: RunOverrides = {
  nodes,
  bounds: { convergeUs: 1_000_000, skewUs: 5_000, reconnectUs: 3_000 },
};

interface Drawn {
  readonly run: RunOverrides;
  readonly events: readonly HistoryEvent[];
  /** For each fault, the time during which it lasts, the nodes that it affects, and the links that it cuts. */
  readonly held: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly nodes: readonly string[];
    readonly cuts: readonly (readonly [string, string])[];
  }[];
}

/** Draws one operation, and faults that begin and end. */
function draw(seed: number): Drawn {
  const { int, pick } = chance(seed);
  const n = 1 + int(4);
  const versions = pick(["stamps", "siblings"] as const);
  const run: RunOverrides = {
    ...base,
    n,
    r: 1 + int(n),
    w: 1 + int(n),
    versions,
    stamps: versions === "stamps" ? pick(["hybrid", "quorum"] as const) : "none",
    repair: { read: pick(["off", "async", "blocking"] as const), antiEntropy: false },
    preference: { k0: nodes.slice(4 - n) },
  };
  const scenario = new Scenario(run);
  const start = 4 + int(6);
  const end = start + int(4);
  const own = {
    ...(int(3) === 0 ? { r: 1 + int(n) } : {}),
    ...(int(3) === 0 ? { w: int(n + 1) } : {}),
    outcome: pick(["ok", "fail", "info"] as const),
  };
  const primaries = int(3) === 0 ? { pr: int(n + 1), pw: int(n + 1), dw: int(n + 1) } : {};
  if (int(2) === 0) scenario.read([], start, end, own);
  else if (int(3) === 0) scenario.delete("0001", start, end, own);
  else scenario.write("v1", start, end, own);
  const events = scenario
    .events()
    .map((event) => (event.e === "invoke" ? { ...event, ...primaries } : event));
  const held = Array.from({ length: 1 + int(3) }, () => {
    const fromMs = int(14);
    const toMs = fromMs + int(5);
    const links = Array.from({ length: int(2) * (1 + int(3)) }, (): [string, string] => {
      const ends = [...nodes, "clients"];
      const from = int(5);
      return [ends[from] ?? "", ends[(from + 1 + int(4)) % 5] ?? ""];
    });
    return { fromMs, toMs, nodes: [pick(nodes), pick(nodes)], cuts: links };
  });
  const faults = held.flatMap(({ fromMs, toMs, nodes: touched, cuts }, fault): HistoryEvent[] => [
    {
      e: "fault",
      atUs: fromMs * 1000,
      phase: "inject",
      fault,
      kind: "some",
      nodes: touched,
      ...(cuts.length > 0 ? { cuts } : {}),
    },
    {
      e: "fault",
      atUs: toMs * 1000,
      phase: "healed",
      fault,
      kind: "some",
      nodes: touched,
      ...(cuts.length > 0 ? { cuts } : {}),
    },
  ]);
  const restart = int(6) === 0 ? [{ fromMs: 10, toMs: 12, nodes, cuts: [] }] : [];
  const ending: HistoryEvent[] = restart.flatMap(({ fromMs, toMs }) => [
    { e: "phase", atUs: fromMs * 1000, phase: "final-phase" },
    { e: "phase", atUs: toMs * 1000, phase: "restarted" },
  ]);
  return {
    run,
    events: [...events.slice(0, -1), ...faults, ...ending, ...events.slice(-1)],
    held: [...held, ...restart],
  };
}

/** Decides the guarantee by its definition: tries every millisecond, and every set of replicas that is large enough. */
// oxlint-disable-next-line eslint/complexity -- Read beside the definition, which has as many cases.
function byTrying({ run, events, held }: Drawn): boolean {
  const model = modelOf(events);
  const [operation] = model.operations;
  if (operation === undefined) throw new Error("one operation");
  const { n = 0, r: defaultR = 0, w: defaultW = 0, preference, versions, stamps, repair } = run;
  const replicas = preference?.["k0"] ?? [];
  const r = operation.r ?? defaultR;
  const w = operation.w ?? defaultW;
  const sizes =
    operation.f === "read"
      ? [r, operation.pr ?? 0, ...(repair?.read === "blocking" ? [n - r + 1] : [])]
      : [
          1,
          w,
          operation.pw ?? 0,
          operation.dw ?? 0,
          ...(stamps === "quorum" ? [n - defaultW + 1, defaultR] : []),
        ];
  const forwarded = versions === "siblings" && operation.f !== "read" && !replicas.includes("n1");
  for (let mask = 0; mask < 1 << replicas.length; mask++) {
    const quorum = replicas.filter((_, i) => ((mask >> i) & 1) === 1);
    if (quorum.length < Math.max(...sizes) || (forwarded && quorum.length < replicas.length))
      continue;
    const pairs = (forwarded ? ["n1", ...quorum] : ["n1"])
      .flatMap((a) => ["n1", ...quorum].flatMap((b) => [`${a}>${b}`, `${b}>${a}`]))
      .concat("clients>n1", "n1>clients");
    let quiet = true;
    for (let ms = operation.startUs / 1000 - 3; ms <= operation.endUs / 1000; ms++)
      for (const fault of held) {
        if (ms < fault.fromMs || ms > fault.toMs) continue;
        if (
          fault.cuts.length === 0
            ? fault.nodes.some((node) => node === "n1" || quorum.includes(node))
            : fault.cuts.some((cut) => pairs.includes(cut.join(">")))
        )
          quiet = false;
      }
    if (quiet) return true;
  }
  return false;
}

test(`whether a quorum was untouched agrees with every quorum tried on ${histories} small histories`, () => {
  const counts = { yes: 0, no: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const drawn = draw(seed);
    const model = modelOf(drawn.events);
    const wanted = byTrying(drawn);
    const [operation] = model.operations;
    expect(
      operation !== undefined && untouchedQuorum(model, operation) !== null,
      `seed ${seed}`,
    ).toBe(wanted);
    counts[wanted ? "yes" : "no"]++;
  }
  expect(Math.min(counts.yes, counts.no)).toBeGreaterThan(histories / 10);
});

describe("available", () => {
  test("what fails without a fault is named, with what each replica did", () => {
    const scenario = new Scenario(base);
    const op = scenario.write("v1", 10, 1010, { outcome: "info", client: "c1" });
    for (const [request, node] of [
      [1, "n1"],
      [2, "n2"],
    ] as const) {
      scenario.frame("sent", "n1", node, 11, {
        frame: "replica-write",
        cause: "write",
        trace: op,
        request,
        key: "k0",
        versions: ["0001"],
      });
    }
    scenario.frame("received", "n1", "n2", 15, {
      frame: "replica-write-ok",
      trace: op,
      request: 2,
      key: "k0",
    });
    const judgement = scenario.check("available");
    expect(judgement).toMatchObject({
      verdict: "invalid",
      judged: 1,
      measurements: { operations: 1, withoutFault: 1, succeeded: 0 },
    });
    expect(judgement.anomalies[0]).toMatchObject({
      explanation:
        "write 0 of k0 by c1 ended with timeout after 1000.0 ms, although from 3.0 ms before it began no fault touched its coordinator n1 or the replicas n1, n2, n3, of which the operation needs 2",
      operations: [0],
      key: "k0",
      atUs: 1_010_000,
      because: [
        "n1 did not answer",
        "n2 answered after 4.0 ms",
        "no request of write 0 to n3 is recorded",
      ],
    });
  });

  test("what succeeds is valid; what the run's end cut off is not judged", () => {
    const scenario = new Scenario(base);
    scenario.write("v1", 10, 12);
    scenario.write("v2", 20, 0, { outcome: "open" });
    expect(scenario.check("available")).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("an operation that a fault met may fail", () => {
    const scenario = new Scenario(base).fault(0, "kill", ["n1"], 5, 8);
    scenario.write("v1", 10, 12, { outcome: "fail" });
    scenario.read([of("v1")], 10, 12, { outcome: "fail" });
    expect(scenario.check("available")).toMatchObject({
      verdict: "not-applicable",
      measurements: { operations: 2, withoutFault: 0 },
    });
    expect(new Scenario(base).check("available").verdict).toBe("not-applicable");
  });

  test("a read's own requests, what the node said, and a reply under way", () => {
    const scenario = new Scenario(base);
    const op = scenario.read([], 10, 1010, { outcome: "info", client: "c1" });
    scenario.frame("sent", "n1", "n2", 11, {
      frame: "replica-read",
      trace: op,
      request: 2,
      key: "k0",
    });
    scenario.frame("sent", "n1", "n3", 11, {
      frame: "replica-read",
      trace: op,
      request: 3,
      key: "k0",
    });
    scenario.frame("received", "n1", "n3", 13, {
      frame: "replica-read-ok",
      trace: op,
      request: 3,
      key: "k0",
      versions: [],
    });
    const events = scenario
      .events()
      .map((event) => (event.e === "info" ? { ...event, message: "no quorum in time" } : event));
    expect(judgeBy("available", modelOf(events)).anomalies).toEqual([
      {
        guarantee: "available",
        explanation:
          "read 0 of k0 by c1 ended with timeout after 1000.0 ms, although from 3.0 ms before it began no fault touched its coordinator n1 or the replicas n1, n2, n3, of which the operation needs 2",
        operations: [0],
        key: "k0",
        atUs: 1_010_000,
        because: [
          "n1 said: no quorum in time",
          "no request of read 0 to n1 is recorded",
          "n2 did not answer",
          "n3 answered after 2.0 ms",
        ],
      },
    ]);
  });

  test("what was passed on is answered to the node that took it over", () => {
    const scenario = new Scenario({
      ...base,
      versions: "siblings",
      preference: { k0: ["n2", "n3", "n4"] },
    });
    const op = scenario.write("v1", 10, 1010, { outcome: "info", client: "c1" });
    scenario.frame("sent", "n2", "n3", 11, {
      frame: "replica-write",
      cause: "write",
      trace: op,
      request: 1,
      key: "k0",
      versions: ["a:1"],
    });
    scenario.frame("received", "n2", "n3", 14, {
      frame: "replica-write-ok",
      trace: op,
      request: 1,
      key: "k0",
    });
    expect(scenario.check("available").anomalies[0]?.because).toEqual([
      "no request of write 0 to n2 is recorded",
      "n3 answered n2 after 3.0 ms",
      "no request of write 0 to n4 is recorded",
    ]);
  });

  test("the final phase's restart of all nodes is a fault, until its end and the bound of reconnecting", () => {
    const judged = (startMs: number, endMs: number, restarted = true): number => {
      const scenario = new Scenario(base).phase("operations", 0).phase("final-phase", 100);
      if (restarted) scenario.phase("restarted", 200).phase("quiet", 220);
      scenario.write("v1", startMs, endMs);
      return scenario.check("available").judged;
    };
    expect([
      judged(90, 99),
      judged(90, 100),
      judged(150, 160),
      judged(203, 204),
      judged(204, 205),
    ]).toEqual([1, 0, 0, 0, 1]);
    expect(judged(300, 310, false)).toBe(0);
  });

  test("a wait for a periodic log's syncs is no fault of the store", () => {
    const judged = (sync: "periodic" | undefined, dw?: number): number => {
      const scenario = new Scenario({ ...base, ...(sync === undefined ? {} : { sync }) });
      scenario.write("v1", 10, 12, dw === undefined ? {} : { dw });
      return scenario.check("available").judged;
    };
    expect([
      judged("periodic"),
      judged("periodic", 0),
      judged("periodic", 1),
      judged(undefined, 1),
    ]).toEqual([1, 1, 0, 1]);
  });

  test("a connection that was lost may have died long before, under a fault since the process first used it", () => {
    const judged = (
      code: string,
      first: { readonly node: string; readonly process: number },
      faultMs: number,
    ): number => {
      const scenario = new Scenario(base).fault(0, "power", ["n1"], faultMs, faultMs + 10);
      scenario.write("v1", 10, 12, { client: "c1", process: first.process });
      const op = scenario.write("v2", 900, 901, { client: "c1", process: 1, outcome: "info" });
      const events = scenario
        .events()
        .map((event) =>
          event.e === "info" && event.op === op
            ? { ...event, code }
            : event.e === "invoke" && event.op !== op
              ? { ...event, node: first.node }
              : event,
        );
      return judgeBy("available", modelOf(events)).judged;
    };
    const same = { node: "n1", process: 1 };
    expect([judged("connection-lost", same, 50), judged("timeout", same, 50)]).toEqual([1, 2]);
    // The lost connection was opened after the fault began, or is one to another node.
    expect([
      judged("connection-lost", { node: "n1", process: 0 }, 50),
      judged("connection-lost", { node: "n4", process: 1 }, 50),
    ]).toEqual([2, 2]);
  });

  test("a definite refusal of an impossible request is not judged, an indefinite one is", () => {
    const judged = (outcome: "fail" | "info", code: string): number => {
      const scenario = new Scenario(base);
      const op = scenario.write("v1", 10, 12, { outcome });
      const events = scenario
        .events()
        .map((event) =>
          (event.e === "fail" || event.e === "info") && event.op === op
            ? { ...event, code }
            : event,
        );
      return judgeBy("available", modelOf(events)).judged;
    };
    expect(judged("fail", "bad-request")).toBe(0);
    expect(judged("info", "bad-request")).toBe(1);
    expect(judged("fail", "not-enough-replicas")).toBe(1);
  });

  test("a refused read is judged: it asks for no more replicas than there are", () => {
    const scenario = new Scenario(base);
    const op = scenario.read([], 10, 12, { outcome: "fail" });
    const events = scenario
      .events()
      .map((event) =>
        event.e === "fail" && event.op === op ? { ...event, code: "bad-request" } : event,
      );
    expect(judgeBy("available", modelOf(events))).toMatchObject({ verdict: "invalid", judged: 1 });
  });

  test("why it was not judged", () => {
    expect(new Scenario(base).check("available").reason).toBe("no operation was completed");
    const met = new Scenario(base).fault(0, "kill", ["n1"], 5, 8);
    met.write("v1", 10, 12);
    expect(met.check("available").reason).toBe(
      "no completed operation counts: each was touched by faults or a change of the ring, or need not succeed within its timeout",
    );
    const unknownKey = new Scenario(base);
    unknownKey.write("v1", 10, 12, { key: "k9" });
    expect(unknownKey.check("available").judged).toBe(0);
  });
});
