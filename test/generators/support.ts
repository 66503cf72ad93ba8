import { defaultSettings } from "../../store/index.ts";
import {
  type BuiltInFault,
  faultKinds,
  type Fault,
  parsePlan,
  type Plan,
  type PlanOptions,
} from "../../generators/index.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";

export function optionsWith(changes: Partial<PlanOptions> = {}): PlanOptions {
  return {
    target: bundledPlans,
    settings: defaultSettings,
    faults: faultKinds,
    workload: "register",
    claimed: [],
    ...changes,
  };
}

export const siblings = optionsWith({
  settings: { ...defaultSettings, versions: "siblings" },
  workload: "siblings",
});

/** Gives a fault the type of the built-in kinds, since tests draw and write no others. */
export const builtIn = (fault: Fault): BuiltInFault => fault as unknown as BuiltInFault;

export const parse = (input: unknown): Plan => parsePlan(input, bundledPlans);

/** A small valid plan with an example of every part. */
export const smallPlan: Plan = {
  format: "quorate-plan/2",
  target: { name: bundledPlans.name, version: bundledPlans.version },
  workload: "siblings",
  worldSeed: 7,
  settings: { ...defaultSettings, versions: "siblings" },
  clients: 2,
  keys: 2,
  operations: [
    { client: 0, afterMs: 0, node: 0, f: "write", key: 0, levels: { w: 1 } },
    { client: 1, afterMs: 20, node: 4, f: "read", key: 0, levels: { r: 3 } },
    { client: 0, afterMs: 30, node: 1, f: "write", key: 0, carry: true },
    { client: 1, afterMs: 40, node: 2, f: "delete", key: 1 },
  ],
  faults: [
    {
      atMs: 10,
      durationMs: 800,
      fault: { kind: "partition", partition: { shape: "isolate", node: 2 } },
    },
    {
      atMs: 15,
      durationMs: 100,
      fault: { kind: "partition", partition: { shape: "halves", side: [0, 1] } },
    },
    {
      atMs: 25,
      durationMs: 100,
      fault: { kind: "partition", partition: { shape: "one-way", from: 3, to: 4 } },
    },
    { atMs: 200, durationMs: 50, fault: { kind: "kill", nodes: [0, 3] } },
    { atMs: 300, durationMs: 60, fault: { kind: "pause", nodes: [1] } },
    {
      atMs: 310,
      durationMs: 60,
      fault: {
        kind: "partition",
        partition: {
          shape: "links",
          cuts: [
            [0, 1],
            [4, 0],
          ],
        },
      },
    },
    {
      atMs: 320,
      durationMs: 60,
      fault: { kind: "delay", nodes: [0, 1], direction: "both", delayMs: 40, jitterMs: 10 },
    },
    {
      atMs: 330,
      durationMs: 60,
      fault: { kind: "rate", nodes: [2], direction: "in", bytesPerS: 5000 },
    },
    {
      atMs: 340,
      durationMs: 60,
      fault: { kind: "duplicate", nodes: [2], direction: "out", percent: 7 },
    },
    {
      atMs: 350,
      durationMs: 60,
      fault: { kind: "reorder", nodes: [2], direction: "out", percent: 8, lateMs: 30 },
    },
    { atMs: 360, durationMs: 60, fault: { kind: "loss", nodes: [2], direction: "in", percent: 9 } },
    { atMs: 370, durationMs: 60, fault: { kind: "clients", nodes: [3, 4], direction: "in" } },
    { atMs: 371, durationMs: 60, fault: { kind: "disk-full", nodes: [1, 2] } },
    { atMs: 372, durationMs: 60, fault: { kind: "slow-disk", nodes: [4] } },
    { atMs: 373, durationMs: 60, fault: { kind: "power", nodes: [2] } },
    {
      atMs: 374,
      durationMs: 60,
      fault: { kind: "disk", nodes: [3], damage: "restore", atPerMille: 500 },
    },
    {
      atMs: 375,
      durationMs: 60,
      fault: { kind: "limit", nodes: [4], processorPercent: 10, memoryMiB: 128 },
    },
    {
      atMs: 380,
      durationMs: 60,
      fault: { kind: "kill", nodes: [4] },
      when: { event: "hint-synced", node: 4, count: 2 },
    },
  ],
  claimed: ["regular"],
  bug: "merge-of-first",
};
