import { defaultSettings } from "../../store/index.ts";
import type { Plan, PlanOptions } from "../../generators/index.ts";

export function optionsWith(changes: Partial<PlanOptions> = {}): PlanOptions {
  return { settings: defaultSettings, faults: ["partition", "kill", "pause", "clock", "loss", "disk"], workload: "register", claimed: [], ...changes };
}

export const siblings = optionsWith({ settings: { ...defaultSettings, versions: "siblings" }, workload: "siblings" });

/** Small, valid, with one of everything. */
export const smallPlan: Plan = {
  format: "quorate-plan/1",
  worldSeed: 7,
  settings: { ...defaultSettings, versions: "siblings" },
  clients: 2,
  keys: 2,
  operations: [
    { client: 0, afterMs: 0, node: 0, f: "write", key: 0, w: 1 },
    { client: 1, afterMs: 20, node: 4, f: "read", key: 0, r: 3 },
    { client: 0, afterMs: 30, node: 1, f: "write", key: 0, carry: true },
    { client: 1, afterMs: 40, node: 2, f: "delete", key: 1 },
  ],
  faults: [
    { atMs: 10, durationMs: 800, fault: { kind: "partition", partition: { shape: "isolate", node: 2 } } },
    { atMs: 15, durationMs: 100, fault: { kind: "partition", partition: { shape: "halves", side: [0, 1] } } },
    { atMs: 25, durationMs: 100, fault: { kind: "partition", partition: { shape: "one-way", from: 3, to: 4 } } },
    { atMs: 200, durationMs: 50, fault: { kind: "kill", nodes: [0, 3] } },
    { atMs: 300, durationMs: 60, fault: { kind: "pause", nodes: [1] } },
  ],
  claimed: ["regular"],
  bug: "merge-of-first",
};
