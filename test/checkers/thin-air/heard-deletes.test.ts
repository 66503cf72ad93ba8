import { describe, expect, test } from "vitest";
import { chance, of, Scenario, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

/** Replicas keep tombstones for 1 s, and requests last at most 100 ms. */
const bounds = {
  convergeUs: 10_000_000,
  skewUs: 0,
  reconnectUs: 1_000_000,
  tombstone: { keptUs: 1_000_000, requestUs: 100_000 },
};
const deleted = { key: "k0", versions: ["0002"] };
const older = { key: "k0", versions: ["0001"] };
const replicas = ["n1", "n2", "n3"] as const;

interface Times {
  /** For each replica, the time when it synced the tombstone, or null if it never did. */
  readonly heardMs: readonly (number | null)[];
  /** For each replica, whether it had synced the value before the delete. */
  readonly had: readonly boolean[];
}

/** A write of v1, its delete, and a read that begins at `readMs` and returns v1. */
function history({ heardMs, had }: Times, readMs: number, claimed = false): Scenario {
  const scenario = new Scenario({
    deletes: "grace",
    promised: ["no-resurrection"],
    bounds,
    ...(claimed ? { claimed: ["no-resurrection"] } : {}),
  });
  scenario.write("v1", 0, 1, { version: "0001" });
  scenario.delete("0002", 10, 11);
  for (const [index, node] of replicas.entries()) {
    scenario.boot(node, 0, 1);
    if (had[index] === true) scenario.sync(node, 1, older);
    const atMs = heardMs[index];
    if (atMs !== null && atMs !== undefined) scenario.sync(node, atMs, deleted);
  }
  scenario.read([of("v1", "0001")], readMs, readMs + 1);
  return scenario;
}

const all = [true, true, true];
const verdictOf = (scenario: Scenario): string => scenario.check("no-resurrection").verdict;

describe("tombstones that go in time: no-resurrection is judged", () => {
  test("of a delete that all replicas heard of in time", () => {
    const times = { heardMs: [11, 11, 500], had: all };
    expect(verdictOf(history(times, 3000))).toBe("invalid");
    expect(verdictOf(history(times, 400))).toBe("not-applicable");
  });

  test("not of one that a replica heard of too late, or never", () => {
    for (const last of [1000, null])
      expect(verdictOf(history({ heardMs: [11, 11, last], had: all }, 3000))).toBe(
        "not-applicable",
      );
  });

  test("of one that a replica never heard of, which never had anything of the key", () => {
    expect(verdictOf(history({ heardMs: [11, 11, null], had: [true, true, false] }, 3000))).toBe(
      "invalid",
    );
  });

  test("not where a hint of the older value was kept", () => {
    const scenario = history({ heardMs: [11, 11, 11], had: all }, 3000);
    scenario.sync("n1", 5, { ...older, hintFor: "n3" });
    expect(verdictOf(scenario)).toBe("not-applicable");
  });

  test("not where faults left no two request timeouts before the first tombstone went", () => {
    const times = { heardMs: [11, 11, 500], had: all };
    expect(verdictOf(history(times, 3000).fault(0, "pause", ["n1"], 100, 850))).toBe(
      "not-applicable",
    );
    expect(verdictOf(history(times, 3000).fault(0, "pause", ["n1"], 100, 700))).toBe("invalid");
  });

  test("not where an older value was under way for so long", () => {
    const made = (sentMs: number): string => {
      const scenario = history({ heardMs: [11, 11, 11], had: all }, 3000);
      const summary = {
        frame: "replica-write",
        request: 7,
        cause: "anti-entropy",
        ...older,
      } as const;
      scenario.frame("sent", "n1", "n2", sentMs, summary);
      scenario.frame("received", "n2", "n1", 1500, summary);
      return verdictOf(scenario);
    };
    expect(made(600)).toBe("not-applicable");
    expect(made(1400)).toBe("invalid");
  });

  test("of all deletes where a person claims it", () => {
    expect(verdictOf(history({ heardMs: [11, 11, null], had: all }, 3000, true))).toBe("invalid");
  });

  test("not without evidence", () => {
    const scenario = new Scenario({
      deletes: "grace",
      promised: ["no-resurrection"],
      bounds,
      evidence: false,
    });
    scenario.write("v1", 0, 1, { version: "0001" });
    scenario.delete("0002", 10, 11);
    scenario.read([of("v1", "0001")], 3000, 3001);
    expect(verdictOf(scenario)).toBe("not-applicable");
  });
});

const histories = sampleSize(3000);

test(`agrees with its definition on ${histories} small histories without faults`, () => {
  const counts = { invalid: 0, "not-applicable": 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { int } = chance(seed);
    const heardMs = replicas.map(() => (int(5) === 0 ? null : 11 + int(1200)));
    const had = replicas.map(() => int(4) > 0);
    const readMs = 12 + int(2500);
    const heard = heardMs.filter((atMs) => atMs !== null);
    const lastMs = Math.max(11, ...heard);
    const firstDropMs = Math.min(Infinity, ...heard.map((atMs) => atMs + 1000));
    const isPromised =
      heardMs.every((atMs, index) => atMs !== null || had[index] === false) &&
      lastMs + 200 < firstDropMs &&
      readMs > lastMs;
    const wanted = isPromised ? "invalid" : "not-applicable";
    expect(verdictOf(history({ heardMs, had }, readMs)), `seed ${seed}`).toBe(wanted);
    counts[wanted]++;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 20);
});

test("a tombstone that is read, or something newer, is no resurrection", () => {
  const scenario = new Scenario({ deletes: "grace", promised: ["no-resurrection"], bounds });
  scenario.delete("0002", 10, 11);
  for (const node of replicas) scenario.boot(node, 0, 1).sync(node, 11, deleted);
  scenario.read([tombstone("0002")], 3000, 3001);
  expect(verdictOf(scenario)).toBe("valid");
});
