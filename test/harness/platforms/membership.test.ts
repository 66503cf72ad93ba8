/** Tests membership changes in the simulator: nodes that join and leave, and what the history records. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FaultEvent, RingEvent } from "../../../checkers/index.ts";
import type { Fault, Plan, Trigger } from "../../../generators/index.ts";
import {
  attempt,
  bundled,
  createSimCluster,
  parsePlan,
  readToken,
} from "../../../harness/index.ts";
import { defaultSettings } from "../../../store/index.ts";

/** The smallest failing plans of planted bugs, by the bug's name, as tokens. */
const smallestCases = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/smallest-cases.json"), "utf8"),
) as Readonly<Record<string, string>>;

function planOf(faults: readonly Fault[]): Plan {
  return {
    format: "quorate-plan/2",
    target: { name: bundled.name, version: bundled.version },
    workload: "register",
    worldSeed: 11,
    settings: { ...defaultSettings },
    clients: 2,
    keys: 4,
    operations: Array.from({ length: 60 }, (_, index) => ({
      client: index % 2,
      afterMs: 20,
      node: index % 5,
      f: index % 3 === 0 ? "read" : "write",
      key: index % 4,
    })),
    faults: faults.map((fault, index) => ({ atMs: 100 + 300 * index, durationMs: 200, fault })),
    claimed: [],
  };
}

async function run(faults: readonly Fault[]) {
  const { verdict, events } = await attempt(planOf(faults), createSimCluster(bundled), {
    evidence: true,
  });
  const rings = events.filter((event): event is RingEvent => event.e === "ring");
  return { verdict, events, last: rings.at(-1) };
}

const add = { kind: "membership", change: "add", newcomer: 5, asked: 1 };
const remove = { kind: "membership", change: "remove", node: 0, asked: 1 };
const replace = { kind: "membership", change: "replace", node: 3, newcomer: 6, asked: 2 };

describe("a change of membership in the simulator", () => {
  test("brings the node that is added, and the history names all that ever were", async () => {
    const { verdict, events, last } = await run([add]);
    expect(verdict.verdict).toBe("valid");
    expect(events[0]).toMatchObject({ newcomers: ["n6"] });
    expect(last?.members).toEqual(["n1", "n2", "n3", "n4", "n5", "n6"]);
    expect(verdict.guarantees["ring-agreed"]?.verdict).toBe("valid");
  });

  test("ends the node that leaves for good, and its clients turn to others", async () => {
    const { verdict, events, last } = await run([remove]);
    expect(verdict.verdict).toBe("valid");
    expect(last?.members).toEqual(["n2", "n3", "n4", "n5"]);
    expect(verdict.guarantees["handed-over"]?.verdict).toBe("valid");
    const boots = events.filter((event) => event.e === "boot" && event.node === "n1");
    expect(boots.map((event) => "phase" in event && event.phase)).toEqual(["start", "end"]);
  });

  test("replaces a dead node while another change is under way", async () => {
    const { verdict, last } = await run([add, replace]);
    expect(verdict.verdict).toBe("valid");
    expect(last?.under).toBeUndefined();
    expect(last?.members).toContain("n7");
    expect(last?.members).not.toContain("n4");
  });

  // Otherwise quorate would blame the store for an operation that the dead node refused.
  test("names the node that does not run for a part of the change", async () => {
    const interrupted = { who: "asked", afterMs: 50, forMs: 100 };
    const { events } = await run([{ ...remove, interrupted }]);
    const injected = events.find(
      (event): event is FaultEvent => event.e === "fault" && event.phase === "inject",
    );
    expect(injected?.nodes).toEqual(["n1", "n2"]);
  });

  test.each([
    ["half-streamed", 1, "just before n2 sends a further page of keys to a new owner"],
    [
      "switched",
      1,
      "just after n2 began to read from the new owners, while another node may still read from the former ones",
    ],
    ["dropping", 0, "just before n1 drops a key that it no longer owns"],
  ] as const)("lets a node be killed at the event %s", async (event, node, detail) => {
    const when: Trigger = { event, node, count: 1 };
    const [change] = planOf([remove]).faults as readonly [Plan["faults"][number]];
    const kill = { atMs: 50, durationMs: 200, fault: { kind: "kill", nodes: [node] }, when };
    const plan = {
      ...planOf([]),
      settings: { ...defaultSettings, nodes: 4 },
      keys: 24,
      faults: [{ ...change, atMs: 450 }, kill],
    };
    const { verdict, events } = await attempt(
      {
        ...plan,
        operations: plan.operations.map((one, index) => ({
          ...one,
          node: index % 4,
          key: index % 24,
        })),
      },
      createSimCluster(bundled),
      { evidence: true },
    );
    const struck = events.find(
      (one): one is FaultEvent =>
        one.e === "fault" && one.kind === "kill" && one.phase === "inject",
    );
    expect(struck?.detail).toBe(detail);
    const death = events.find(
      (one) => one.e === "boot" && one.node === `n${node + 1}` && one.phase === "end",
    );
    expect(death).toMatchObject({ atUs: struck?.atUs });
    expect(verdict.verdict).toBe("valid");
  });

  test("gives the same history for the same plan, byte for byte", async () => {
    const [one, other] = [await run([add, remove]), await run([add, remove])];
    expect(JSON.stringify(one.events)).toBe(JSON.stringify(other.events));
  });

  test.each(["joiner-takes-any-owner", "hint-to-former-owner", "cleanup-by-old-ring"])(
    "replays the smallest failure of the planted bug %s byte for byte",
    async (bug) => {
      const plan = parsePlan(readToken(smallestCases[bug] ?? ""), bundled);
      const replay = async () => attempt(plan, createSimCluster(bundled), { evidence: true });
      const [one, other] = [await replay(), await replay()];
      expect(one.verdict.verdict).toBe("invalid");
      expect(JSON.stringify(one.events)).toBe(JSON.stringify(other.events));
    },
  );
});
