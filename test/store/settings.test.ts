import { describe, expect, test } from "vitest";
import {
  applySetting,
  defaultSettings,
  parseSettings,
  preferenceList,
  SettingsError,
} from "../../store/index.ts";
import { promises } from "../../harness/targets/bundled/index.ts";
import type { SettingsInput, StoreSettings } from "../../store/index.ts";
import type { PlanFacts } from "../../harness/targets/target.ts";
import { type Effect, nodeName } from "../../generators/index.ts";

function refusal(action: () => unknown): SettingsError {
  try {
    action();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("expected a SettingsError");
}

describe("settings", () => {
  test("what is left out comes from the base", () => {
    expect(parseSettings({})).toEqual(defaultSettings);
    expect(parseSettings({ r: 1 }, { ...defaultSettings, w: 3 })).toEqual({
      ...defaultSettings,
      r: 1,
      w: 3,
    });
  });

  test.each([
    [{ w: 4 }, "settings-contradiction", /w ≤ n.*w = 4, n = 3/],
    [{ r: 4 }, "settings-contradiction", /r ≤ n/],
    [{ n: 6 }, "settings-contradiction", /n ≤ nodes/],
    [{ silenceMs: 100 }, "settings-contradiction", /pingIntervalMs/],
    // With such a silence, healthy links were dropped before the first ping or pong. Then "available" broke without any
    // fault, or no node ever came up.
    [{ silenceMs: 1099 }, "settings-contradiction", /silenceMs ≥ 2 · pingIntervalMs \+ 100/],
    [{ pingIntervalMs: 1, silenceMs: 101 }, "settings-contradiction", /pingIntervalMs = 1/],
    // With such a timeout, no confirmation of a hint came in time. The hints were handed over for ever, and
    // "repair-quiescent" broke.
    [{ requestTimeoutMs: 99 }, "settings-shape", /requestTimeoutMs: >= 100.*got 99/],
    [{ reconnectFirstMs: 5000 }, "settings-contradiction", /reconnectCapMs/],
    [{ quorums: "sloppy" }, "settings-contradiction", /hints=true/],
    [
      { quorums: "sloppy", hints: true, readRepair: "blocking" },
      "settings-contradiction",
      /readRepair=async/,
    ],
    [{ nodes: 10 }, "settings-shape", /nodes: <= 9.*got 10/],
    [{ nodes: 0 }, "settings-shape", /nodes/],
    [{ r: 1.5 }, "settings-shape", /r: integer/],
    [{ versions: "vectors" }, "settings-shape", /one of stamps, siblings.*vectors/],
    [{ quorum: 2 }, "settings-unknown", /quorum/],
    [null, "settings-shape", /got null/],
    [{ r: undefined }, "settings-shape", /r: a value, got undefined/],
    [{ n: Number.POSITIVE_INFINITY }, "settings-shape", /n: .*got Infinity/],
  ])("%j is refused", (input, code, sentence) => {
    const error = refusal(() => parseSettings(input));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).toMatch(/expected .*, got .*; /);
  });

  test("a setting nested without end is refused in a sentence", () => {
    const endless: unknown = JSON.parse("[".repeat(50_000) + "]".repeat(50_000));
    expect(refusal(() => parseSettings({ w: endless })).message).toMatch(/w: .*got a list/);
  });

  test("names for quorums, which follow n in whatever order they are set", () => {
    const of = (...assignments: readonly string[]) =>
      parseSettings(assignments.reduce(applySetting, defaultSettings as SettingsInput));
    for (const [n, quorum] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3],
    ] as const) {
      expect(of("r=QUORUM", "w=ALL", `n=${n}`)).toMatchObject({ r: quorum, w: n });
      expect(of(`n=${n}`, "r=ONE", "w=QUORUM")).toMatchObject({ r: 1, w: quorum });
    }
    expect(parseSettings({ r: "TWO", w: "THREE" })).toMatchObject({ r: 2, w: 3 });
    expect(refusal(() => of("w=THREE", "r=1", "n=2")).code).toBe("settings-contradiction");
    expect(of("r=quorum", "w=all", "n=5")).toMatchObject({ r: 3, w: 5 });
    // ANY is possible in a request, but not in the settings.
    expect(refusal(() => parseSettings({ w: "ANY" })).message).toMatch(/w: .*ONE/);
    expect(refusal(() => of("w=ANY")).code).toBe("settings-assignment");
    expect(refusal(() => of("n=ALL")).code).toBe("settings-assignment");
  });

  test("assignments of a command line", () => {
    expect(applySetting(defaultSettings, "r=1")).toEqual({ ...defaultSettings, r: 1 });
    expect(applySetting(defaultSettings, "antiEntropy=false")).toEqual({
      ...defaultSettings,
      antiEntropy: false,
    });
    expect(applySetting(defaultSettings, "readRepair=blocking").readRepair).toBe("blocking");
    // Single assignments are not checked together, so their order does not matter. parseSettings checks the result.
    expect(parseSettings(applySetting(applySetting(defaultSettings, "w=5"), "n=5"))).toMatchObject({
      n: 5,
      w: 5,
    });
    for (const bad of ["r", "=1", "r=", "r=most", "antiEntropy=yes", "toString=1", ""])
      expect(refusal(() => applySetting(defaultSettings, bad)).code).toBe("settings-assignment");
    expect(refusal(() => parseSettings(applySetting(defaultSettings, "stamps=none"))).code).toBe(
      "settings-shape",
    );
  });
});

describe("promises", () => {
  const facts: PlanFacts = {
    workload: "register",
    requests: [{ f: "read" }, { f: "write" }],
    effects: [],
    keys: ["k0"],
  };
  const lost = (node: number, synced: boolean): Effect => ({ effect: "data-lost", node, synced });
  const of = (settings: Partial<StoreSettings>, more: Partial<PlanFacts> = {}) =>
    promises({ ...defaultSettings, ...settings }, { ...facts, ...more }).guarantees;

  test("strict quorums under last write wins: L0, and no more than that", () => {
    for (const stamps of ["wall", "hybrid"] as const) {
      expect(of({ stamps })).toContain("regular-stamped");
      expect(of({ stamps, readRepair: "blocking" })).not.toContain("regular");
      expect(of({ stamps, readRepair: "blocking" })).not.toContain("linearizable");
    }
  });

  test("a membership change can make any node a replica of any key, so its losses count for each", () => {
    const one = { n: 1, r: 1, w: 1 } as const;
    const [owner = ""] = preferenceList({ ...defaultSettings, ...one }, "k0");
    const other = lost(owner === "n1" ? 1 : 0, true);
    expect(of(one, { effects: [other] })).toContain("durable");
    expect(of(one, { effects: [other], membershipChanges: true })).not.toContain("durable");
    expect(of({}, { effects: [other], membershipChanges: true })).toContain("durable");
  });

  test("quorum stamps: L1; with write-back before each answer L2", () => {
    expect(of({ stamps: "quorum" })).toEqual(
      expect.arrayContaining(["regular-stamped", "regular", "monotonic-writes"]),
    );
    for (const name of ["linearizable", "writes-follow-reads"] as const) {
      expect(of({ stamps: "quorum" })).not.toContain(name);
      expect(of({ stamps: "quorum", readRepair: "blocking" })).toContain(name);
      // A read with r = 3 makes sure of its result on only one replica. The two replicas that give a put its stamp may
      // not include that one.
      expect(
        of({ stamps: "quorum", readRepair: "blocking" }, { requests: [{ f: "read", r: 3 }] }),
      ).not.toContain(name);
      expect(of({ stamps: "quorum", readRepair: "blocking", r: 3, w: 3 })).toContain(name);
    }
    expect(of({ stamps: "hybrid", readRepair: "blocking" })).not.toContain("linearizable");
    expect(of({ stamps: "quorum", r: 3 }, { requests: [{ f: "write", w: 1 }] })).not.toContain(
      "regular",
    );
    expect(of({ stamps: "quorum", r: 1, w: 1 })).not.toContain("monotonic-writes");
  });

  test("hybrid stamps order what a node has heard of, whatever the quorums; stamps of the wall clock do not", () => {
    for (const name of ["monotonic-writes", "writes-follow-reads"] as const) {
      expect(of({ stamps: "hybrid", r: 1, w: 1 })).toContain(name);
      expect(of({ stamps: "wall", r: 1, w: 1 })).not.toContain(name);
      // Under client routing, the replica that gives a write its stamp may not know what the client has read.
      expect(of({ stamps: "hybrid", routing: "client" })).not.toContain(name);
    }
  });

  test("the smallest r and w of any request decide", () => {
    expect(of({}, { requests: [{ f: "read", r: 1 }] })).not.toContain("regular-stamped");
    expect(of({}, { requests: [{ f: "delete", w: 1 }] })).not.toContain("regular-stamped");
    expect(of({ r: 1, w: 1 })).not.toContain("regular-stamped");
    expect(of({ r: 1, w: 3 })).toContain("regular-stamped");
    // So many requests once overflowed the stack.
    expect(
      of(
        {},
        {
          requests: Array.from({ length: 1_000_000 }, (_, i) => ({
            f: i % 2 === 0 ? "read" : "write",
          })),
        },
      ),
    ).toContain("regular-stamped");
    // A `w` of a read and an `r` of a write have no effect.
    expect(
      of(
        {},
        {
          requests: [
            { f: "write", r: 1 },
            { f: "read", w: 1 },
          ],
        },
      ),
    ).toContain("regular-stamped");
  });

  test("monotonic reads: by write-back, and only if all reads ask for the same r", () => {
    expect(of({})).not.toContain("monotonic-reads");
    expect(of({ readRepair: "blocking", r: 1, w: 1 })).toContain("monotonic-reads");
    expect(
      of({ readRepair: "blocking" }, { requests: [{ f: "read" }, { f: "read", r: 3 }] }),
    ).not.toContain("monotonic-reads");
  });

  test("data that disks lose: durable while W - d replicas are left, the rest only if R + W - d > N", () => {
    const disk = (settings: Partial<StoreSettings>, ...damagedNodes: number[]) =>
      of({ nodes: 3, ...settings }, { effects: damagedNodes.map((node) => lost(node, true)) });
    expect(disk({}, 0)).toContain("durable");
    expect(disk({}, 0)).not.toContain("regular-stamped");
    expect(disk({ r: 3 }, 0)).toEqual(
      expect.arrayContaining(["regular-stamped", "durable", "no-resurrection"]),
    );
    expect(disk({}, 0, 1)).not.toContain("durable");
    expect(disk({}, 0, 0)).toContain("durable");
    expect(disk({ r: 1, w: 1 }, 0)).not.toContain("staleness");
    expect(disk({ versions: "siblings" }, 0)).not.toContain("siblings-5");
    expect(disk({ versions: "siblings", r: 3 }, 0)).toContain("siblings-5");
    // If a node replicates no key of the plan, it loses none of the plan's data.
    const other = [0, 1, 2, 3, 4].findIndex(
      (node) => !preferenceList(defaultSettings, "k0").includes(nodeName(node)),
    );
    expect(of({}, { effects: [lost(other, true)] })).toContain("regular-stamped");
  });

  test("converged needs a mechanism", () => {
    expect(of({ antiEntropy: false, readRepair: "off" })).not.toContain("converged");
    expect(of({ antiEntropy: true, readRepair: "off" })).toContain("converged");
    expect(of({ antiEntropy: false, readRepair: "async" })).toContain("converged");
  });

  test("sloppy quorums: no level of a register, no session; what was acknowledged still lasts", () => {
    const sloppy = of({ quorums: "sloppy", hints: true, stamps: "quorum" });
    expect(sloppy).toEqual(
      expect.arrayContaining(["acknowledged", "durable", "staleness", "converged"]),
    );
    for (const name of [
      "regular-stamped",
      "regular",
      "read-your-writes",
      "monotonic-reads",
      "monotonic-writes",
      "no-resurrection",
    ] as const)
      expect(sloppy).not.toContain(name);
    // Here only handoff makes replicas converge. The checker decides for which keys it does.
    expect(of({ quorums: "sloppy", hints: true, antiEntropy: false })).toContain("converged");
    expect(of({ quorums: "sloppy", hints: true, versions: "siblings" })).not.toContain(
      "siblings-2",
    );
  });

  test("hints that nobody counts change no promise", () => {
    for (const readRepair of ["off", "async", "blocking"] as const)
      expect(of({ hints: true, readRepair })).toEqual(of({ readRepair }));
  });

  test("a periodic log: a power loss counts as lost data, a kill does not", () => {
    for (const name of ["durable", "regular-stamped", "read-your-writes", "staleness"] as const) {
      const power = { effects: [0, 1, 2, 3, 4].map((node) => lost(node, false)) };
      expect(of({ sync: "periodic" }, power)).not.toContain(name);
      expect(of({ sync: "periodic" })).toContain(name);
      expect(of({ sync: "each" }, power)).toContain(name);
    }
    expect(of({ sync: "periodic" })).toEqual(
      expect.arrayContaining(["no-thin-air", "acknowledged", "converged"]),
    );
  });

  test("siblings: their own ladder, no register level", () => {
    const strict = of({ versions: "siblings" });
    expect(strict).toEqual(
      expect.arrayContaining([
        "siblings-1",
        "siblings-2",
        "siblings-3",
        "siblings-4",
        "siblings-5",
        "siblings-6",
        "siblings-7",
      ]),
    );
    expect(strict).not.toContain("regular-stamped");
    expect(of({ versions: "siblings", r: 1, w: 1 })).not.toContain("siblings-2");
  });

  test("a fault of which nobody knows what it does weakens what rests on it", () => {
    const guarantees = of({}, { effects: [{ effect: "unknown" }] });
    for (const name of ["durable", "regular-stamped", "staleness"] as const)
      expect(guarantees).not.toContain(name);
    expect(guarantees).toContain("no-thin-air");
  });

  test("the bounds follow from the settings", () => {
    const { bounds } = promises(defaultSettings, facts);
    expect(bounds.convergeUs - bounds.reconnectUs).toBe(2 * 4 * 500 * 1000);
    expect(bounds.reconnectUs).toBe((2000 + 2 * 500 + 1000) * 1000);
    // The bound has five ticks of 50 ms, the cap of the waits, and a round trip for the dial. It must be longer than
    // the silence and two ticks.
    const short = { pingIntervalMs: 50, silenceMs: 200, reconnectFirstMs: 1, reconnectCapMs: 1 };
    expect(promises({ ...defaultSettings, ...short }, facts).bounds.reconnectUs).toBe(
      (250 + 1 + 100) * 1000,
    );
    // A node that recovers on a slow disk is up only when its fsync returns, which may be after the fault. The bound
    // must include that.
    expect(
      promises(
        { ...defaultSettings, ...short },
        { ...facts, effects: [{ effect: "syncs-slow", node: 0 }] },
      ).bounds.reconnectUs,
    ).toBe((600 + 100 + 1) * 1000);
    // The silence counts in whole ticks, rounded up.
    expect(promises({ ...defaultSettings, silenceMs: 2001 }, facts).bounds.reconnectUs).toBe(
      (3000 + 1000 + 100) * 1000,
    );
  });
});
