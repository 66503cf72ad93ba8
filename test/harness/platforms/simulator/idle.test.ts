import { describe, expect, it } from "vitest";
import type { Quiet, QuietNode } from "../../../../store/index.ts";
import {
  quiet,
  setCuts,
  setImpairments,
  setRefusing,
  tinyWorld,
  type TinyWorld,
} from "./tiny-world.ts";

const hourUs = 3_600_000_000;

/** A world without work. `says` is the report of each node about itself. */
function idle(says: (node: string) => ReturnType<Quiet>): TinyWorld {
  return tinyWorld({
    program: (host) => {
      host.accept(() => quiet);
      // Faults act on links, so there is one from n1 to n2.
      if (host.node === "n1") host.dial("n2", quiet);
      return () => says(host.node);
    },
  });
}
const holds = (digest: string, ...waitsFor: readonly string[]): QuietNode => ({
  holds: new Map([["all", digest]]),
  waitsFor,
});

describe("idle time of the simulator", () => {
  it("is skipped until shortly before the first that is due, for wall clocks alone", () => {
    const { world, host, pass } = idle(() => holds("same"));
    const seen: string[] = [];
    const ticked: number[] = [];
    host("n1").setTimer(5, () => ticked.push(host("n1").monotonicUs()));
    world.setTimer(3_600_000, () => seen.push("client"));
    world.setTimer(7_200_000, () => seen.push("later"));
    const [wallUs, monotonicUs] = [host("n1").wallUs(), host("n1").monotonicUs()];
    const skippedUs = world.skipIdle(24 * hourUs);
    expect(skippedUs).toBe(hourUs - 10_000_000);
    expect(host("n1").wallUs()).toBe(wallUs + skippedUs);
    expect(host("n1").monotonicUs()).toBe(monotonicUs);
    pass(6);
    expect(ticked).toEqual([monotonicUs + 5_000]);
    expect(seen).toEqual([]);
    pass(10_000);
    expect(seen).toEqual(["client"]);
    expect(world.loop.worldUs).toBe(monotonicUs + hourUs + 6_000);
  });

  it("is skipped to the end of what is waited for, if that is nearer", () => {
    const { world } = idle(() => holds("same"));
    world.setTimer(3_600_000, () => {});
    expect(world.skipIdle(world.loop.nowUs + hourUs / 2)).toBe(hourUs / 2 - 10_000_000);
  });

  it.each([
    ["a node is not quiet", (node: string) => (node === "n2" ? null : holds("same"))],
    ["two nodes hold different things", (node: string) => holds(node === "n2" ? "more" : "same")],
  ])("is not skipped where %s", (_, says) => {
    expect(idle(says).world.skipIdle(hourUs)).toBe(0);
  });

  it("is skipped while nodes that wait for each other are apart, and not once they are not", () => {
    const { world } = idle((node) => holds(node, ...(node === "n1" ? ["n2"] : [])));
    setCuts(world, [
      ["n1", "n2"],
      ["n1", "n3"],
      ["n2", "n3"],
    ]);
    expect(world.skipIdle(hourUs)).toBeGreaterThan(0);
    setCuts(world, []);
    expect(world.skipIdle(2 * hourUs)).toBe(0);
  });

  it("is not skipped where two nodes that are not apart hold different things", () => {
    const { world } = idle((node) => holds(node === "n2" ? "more" : "same"));
    setCuts(world, [["n1", "n2"]]);
    expect(world.skipIdle(hourUs)).toBe(0);
  });

  it("is skipped while the node that another one waits for is dead, and not once it runs", () => {
    const { world } = idle((node) => holds("same", ...(node === "n2" ? ["n1"] : [])));
    const first = world.nodes.get("n1");
    expect(world.skipIdle(hourUs)).toBe(0);
    first?.kill();
    expect(world.skipIdle(hourUs)).toBeGreaterThan(0);
  });

  it("is not skipped where a program does not say whether it is quiet", () => {
    expect(tinyWorld().world.skipIdle(hourUs)).toBe(0);
  });

  it("is not skipped where something is due within a minute", () => {
    const { world } = idle(() => holds("same"));
    world.setTimer(60_000, () => {});
    expect(world.skipIdle(hourUs)).toBe(0);
  });

  it.each<[string, (tiny: TinyWorld) => void]>([
    ["a fault waits", ({ world }) => world.nodes.get("n1")?.triggers.add("synced", 1, () => {})],
    [
      "a fault waits for a dead node",
      ({ world }) => {
        world.nodes.get("n1")?.kill();
        world.nodes.get("n1")?.triggers.add("synced", 1, () => {});
      },
    ],
  ])("is not skipped while %s", (_, happen) => {
    const tiny = idle(() => holds("same"));
    happen(tiny);
    expect(tiny.world.skipIdle(hourUs)).toBe(0);
  });

  it.each<[string, (tiny: TinyWorld) => void]>([
    ["two nodes are apart", ({ world }) => setCuts(world, [["n1", "n2"]])],
    ["a link is slow", ({ world }) => setImpairments(world, [["n1", "n2", { delayMs: 5 }]])],
    ["a node refuses connections", ({ world }) => setRefusing(world, ["n2"])],
    ["a disk is full", ({ world }) => world.nodes.get("n1")?.disk.setFull(true)],
    ["a disk is slow", ({ world }) => world.nodes.get("n1")?.disk.setSlow(true)],
    ["a clock is off", ({ world }) => world.nodes.get("n1")?.setClock(1000)],
    ["a node is dead", ({ world }) => world.nodes.get("n1")?.kill()],
    ["a node is paused", ({ world }) => world.nodes.get("n1")?.boot?.pause()],
  ])("is skipped while %s, if nobody waits for anything", (_, happen) => {
    const tiny = idle(() => holds("same"));
    happen(tiny);
    expect(tiny.world.skipIdle(hourUs)).toBe(hourUs - 10_000_000 - tiny.world.loop.nowUs);
  });
});
