/** Tests the wait for nodes in containers, without an engine. */
import { expect, it } from "vitest";
import type { ContainerTarget } from "../../../../harness/platforms/docker/container-target.ts";
import type { Engine } from "../../../../harness/platforms/docker/engine.ts";
import type { Machine } from "../../../../harness/platforms/docker/machine.ts";
import { untilReady } from "../../../../harness/platforms/docker/readiness.ts";
import type { Reach } from "../../../../harness/platforms/reach.ts";

const machine = { node: "n1", process: "n1-process" } as Machine;
const reach = { address: () => ({ host: "127.0.0.1", port: 1 }) } as unknown as Reach;
const engine = { isRunning: async () => true } as unknown as Engine;

it.each([
  ["the target's own check does not answer", () => new Promise<string | null>(() => {})],
  ["the node answers that it is not ready", async () => "it still starts"],
])("an interrupt ends the wait while %s", async (_, ready) => {
  const interrupt = new AbortController();
  const wait = untilReady({
    engine,
    machine,
    reach,
    containers: {
      startTimeoutMs: 86_400_000,
      ready: () => {
        setImmediate(() => interrupt.abort());
        return ready();
      },
    } as unknown as ContainerTarget,
    sinceSeconds: 0,
    signal: interrupt.signal,
  });
  await expect(wait).resolves.toBeUndefined();
});
