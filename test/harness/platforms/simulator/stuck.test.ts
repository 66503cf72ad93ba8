import { expect, test } from "vitest";
import { bundled, attempt } from "../../../../harness/index.ts";
import { createSimCluster } from "../../../../harness/platforms/simulator/index.ts";
import { defaultSettings, parseSettings } from "../../../../store/index.ts";
import type { Plan } from "../../../../generators/index.ts";

/** A plan with many writes while one node is disconnected. Messages to that node then wait on the links. */
function planOf(bufferBytes: number): Plan {
  const settings = parseSettings(
    { nodes: 3, silenceMs: 30_000, frameBytes: 16_384, bufferBytes },
    defaultSettings,
  );
  const operations = Array.from(
    { length: 240 },
    (_, index) =>
      ({
        client: index % 4,
        afterMs: index < 4 ? 300 : 10,
        node: index % 2,
        f: "write",
        key: 0,
      }) as const,
  );
  return {
    format: "quorate-plan/2",
    target: { name: "bundled", version: "0.1.0" },
    workload: "register",
    worldSeed: 1,
    settings,
    clients: 4,
    keys: 1,
    operations,
    faults: [
      {
        atMs: 100,
        durationMs: 3000,
        fault: { kind: "partition", partition: { shape: "isolate", node: 2 } },
      },
    ],
    claimed: [],
  };
}

test.each([
  [16_384, true],
  [1 << 24, false],
])(
  "past a bound of %i bytes a link to a peer that cannot be reached is given up: %s",
  async (bufferBytes, expected) => {
    const { events, verdict } = await attempt(planOf(bufferBytes), createSimCluster(bundled), {
      evidence: true,
    });
    const dropped = events.filter(
      (event) =>
        event.e === "explain" &&
        event.what === "link down" &&
        (event.detail ?? "").includes("reads too slowly"),
    );
    expect(dropped.length > 0).toBe(expected);
    expect(verdict.verdict).toBe("valid");
  },
);
