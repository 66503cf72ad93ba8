/** Changes of membership in the simulator: who comes and who leaves, and what the history says of it. */
import { describe, expect, test } from "vitest";
import type { RingEvent } from "../../../checkers/index.ts";
import type { Fault, Plan } from "../../../generators/index.ts";
import { attempt, bundled, createSimCluster } from "../../../harness/index.ts";
import { defaultSettings } from "../../../store/index.ts";

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

  test("gives the same history for the same plan, byte for byte", async () => {
    const [one, other] = [await run([add, remove]), await run([add, remove])];
    expect(JSON.stringify(one.events)).toBe(JSON.stringify(other.events));
  });
});
