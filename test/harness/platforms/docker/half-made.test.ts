/**
 * Tests faults whose command failed, or whose answer did not come in time. The command may have made the fault all the
 * same, so healing must undo it. The tests replace the container engine by a stub.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { cutRules } from "../../../../harness/platforms/docker/cuts.ts";
import { createDisks } from "../../../../harness/platforms/docker/disks.ts";
import type { Engine } from "../../../../harness/platforms/docker/engine.ts";
import { createFilter } from "../../../../harness/platforms/docker/filter.ts";
import { createLimits } from "../../../../harness/platforms/docker/limits.ts";
import type { Machine } from "../../../../harness/platforms/docker/machine.ts";
import type { Volumes } from "../../../../harness/platforms/docker/volumes.ts";
import { createWallClocks } from "../../../../harness/platforms/docker/wall-clock.ts";

const machines = ["n1", "n2"].map(
  (node, index) =>
    ({
      node,
      machine: `${node}-machine`,
      process: `${node}-process`,
      address: `10.0.0.${index + 1}`,
    }) as Machine,
);
const [first] = machines as [Machine, Machine];

let calls: string[] = [];
/** How many further calls fail, each of them after it has reached the engine. */
let failures = 0;
const called = (call: string): void => {
  calls.push(call);
  if (failures-- > 0) throw new Error("no answer in time");
};
const engine = {
  run: async (container: string, command: readonly string[]) => {
    called(`${container} ${command.join(" ")}`);
    return Buffer.from("");
  },
  limit: async (container: string, limit: object) =>
    called(`${container} ${JSON.stringify(limit)}`),
} as unknown as Engine;

beforeEach(() => {
  calls = [];
  failures = 1;
});

describe("a fault that failed half-way is undone by healing:", () => {
  it("a cut", async () => {
    const filter = createFilter(engine, 8080);
    const set = filter.port<true>({
      rules: () => cutRules([["n2", "n1"]]),
    });
    await expect(set(machines, new Map([["n2>n1", true]]))).rejects.toThrow("no answer");
    await filter.clear(machines);
    expect(calls).toHaveLength(2);
    expect(calls[1]).not.toBe(calls[0]);
    await filter.clear(machines);
    expect(calls).toHaveLength(2);
  });

  it("a full disk", async () => {
    const disks = createDisks(engine, {} as Volumes, {});
    await expect(disks.setFull(machines, ["n1"])).rejects.toThrow("no answer");
    expect(calls[0]).toContain("ENOSPC");
    await disks.mend(machines);
    expect(calls).toHaveLength(2);
    expect(calls[1]).toMatch(/^n1-machine [^]*rmSync/);
    await disks.mend(machines);
    expect(calls).toHaveLength(2);
  });

  it("a limit", async () => {
    const limits = createLimits(engine, { memoryMiB: 2048 });
    const limit = { processorPercent: 5, memoryMiB: 128 };
    await expect(limits.set(machines, [["n1", limit]])).rejects.toThrow("no answer");
    await limits.set(machines, []);
    expect(calls.slice(1)).toEqual(['n1-process {"memoryMiB":2048}']);
    await limits.set(machines, []);
    expect(calls).toHaveLength(2);
  });

  it("a clock", async () => {
    const clocks = createWallClocks(engine);
    await expect(clocks.set(first, 5_000)).rejects.toThrow("no answer");
    await clocks.mend(machines);
    expect(calls[1]).toContain("+000000000.000");
    await clocks.mend(machines);
    expect(calls).toHaveLength(2);
  });
});
