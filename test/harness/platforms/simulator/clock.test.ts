/** Tests clock faults in the simulator. The stamps of the node's writes show them. */
import { expect, test } from "vitest";
import {
  bundled,
  createSimCluster,
  defaultSettings,
  type HistoryEvent,
  type Plan,
  runHistory,
} from "../../../../harness/index.ts";
import type { ClockShape } from "../../../../generators/index.ts";

const settings = { ...defaultSettings, nodes: 3, n: 3, r: 2, w: 2, stamps: "wall" as const };

/**
 * Writes through n1 every 100 ms, while n1 has a clock fault from 250 to 650 ms. Returns by how many ms each stamp
 * differs from the virtual time of its write.
 */
async function offsetsMs(clock: ClockShape): Promise<number[]> {
  const plan: Plan = {
    format: "quorate-plan/2",
    target: { name: "bundled", version: "0.1.0" },
    workload: "register",
    worldSeed: 3,
    settings,
    clients: 1,
    keys: 1,
    claimed: [],
    operations: Array.from({ length: 10 }, () => ({
      client: 0,
      afterMs: 100,
      node: 0,
      f: "write" as const,
      key: 0,
    })),
    faults: [{ atMs: 250, durationMs: 400, fault: { kind: "clock", nodes: [0], clock } }],
  };
  const events = await runHistory(plan, createSimCluster(bundled), { evidence: false });
  const invokes = new Map(
    events.flatMap((event) => (event.e === "invoke" ? [[event.op, event.atUs] as const] : [])),
  );
  const stamps = events.flatMap((event: HistoryEvent) =>
    event.e === "ok" && event.op < 10
      ? [{ op: event.op, us: Number(event.versions?.[0]?.version?.slice(0, 16)) }]
      : [],
  );
  const [first] = stamps;
  const originUs = (first?.us ?? 0) - (invokes.get(0) ?? 0);
  return stamps.map(
    ({ op, us }) => Math.round((us - originUs - (invokes.get(op) ?? 0)) / 1000) || 0,
  );
}

test("a jump moves the node's clock while it lasts, and no longer", async () => {
  expect(await offsetsMs({ shape: "jump", byMs: -5000 })).toEqual([
    0, 0, -5000, -5000, -5000, -5000, 0, 0, 0, 0,
  ]);
});

test("a drift grows, and healing sets the clock right", async () => {
  const offsets = await offsetsMs({ shape: "drift", msPerS: 500 });
  expect(offsets.slice(0, 2)).toEqual([0, 0]);
  expect(offsets.slice(6)).toEqual([0, 0, 0, 0]);
  const [a = 0, b = 0, c = 0, d = 0] = offsets.slice(2, 6);
  expect(a < b && b < c && c < d && d <= 200).toBe(true);
});

test("a strobe goes back and forth", async () => {
  expect(await offsetsMs({ shape: "strobe", byMs: 700, everyMs: 100 })).toEqual([
    0, 0, 700, 0, 700, 0, 0, 0, 0, 0,
  ]);
});
