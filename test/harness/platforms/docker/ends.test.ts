/** Tests how ends of nodes that the harness caused are told from others. The test makes up the engine's events. */
import { describe, expect, it } from "vitest";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import {
  type Ends,
  type UnplannedEnd,
  watchEnds,
} from "../../../../harness/platforms/docker/ends.ts";
import type { LifeEvent } from "../../../../harness/platforms/docker/engine.ts";

interface Watched {
  readonly ends: Ends;
  says(what: LifeEvent["what"], more?: Partial<LifeEvent>): void;
  unplanned(): Promise<readonly UnplannedEnd[]>;
}

const log = "n1 listens\n  at file.ts:3\n\nError: boom\n    at there\n\nNode.js v20\n";

/** Watches a container. `kills` has the events that the engine reports during a kill. */
async function watched({
  isRunning = true,
  isOutOfMemory = false,
  kills = [] as readonly Partial<LifeEvent>[],
} = {}): Promise<Watched> {
  let heard: (event: LifeEvent) => void = () => {};
  let atMs = 1000;
  const says: Watched["says"] = (what, more = {}) =>
    heard({ container: "p1", what, atMs: (atMs += 10), ...more });
  const ends = await watchEnds(
    {
      ...connectEngine(),
      watch: async (_, listener) => {
        heard = listener;
        return () => {};
      },
      kill: async () => {
        for (const { what = "kill", ...more } of kills) says(what, more);
        return kills.length > 0;
      },
      isRunning: async () => isRunning,
      ranOutOfMemory: async () => isOutOfMemory,
      logs: async () => log,
    },
    "quorate.run=1",
  );
  ends.begin();
  says("start");
  return { ends, says, unplanned: () => ends.unplanned([{ node: "n1", process: "p1" }]) };
}

const sigkill: readonly Partial<LifeEvent>[] = [
  { what: "kill", signal: 9 },
  { what: "die", exitCode: 137 },
];

describe("an end of a node in containers", () => {
  it("that the harness asked for is planned", async () => {
    const { ends, unplanned } = await watched({ kills: sigkill });
    await ends.kill("p1");
    expect(await unplanned()).toEqual([]);
  });

  it("by an exit of its own is the node's, with its last words and without a stack", async () => {
    const { says, unplanned } = await watched();
    says("die", { exitCode: 1 });
    expect(await unplanned()).toEqual([
      {
        node: "n1",
        by: "itself",
        atMs: 1020,
        detail: "exit status 1; it said last: n1 listens | Error: boom | Node.js v20",
      },
    ]);
  });

  it("by an exit just before the harness's kill is the node's all the same", async () => {
    const { ends, unplanned } = await watched({
      kills: [
        { what: "kill", signal: 9 },
        { what: "die", exitCode: 70 },
      ],
    });
    await ends.kill("p1");
    expect(await unplanned()).toMatchObject([{ by: "itself" }]);
  });

  it("that the node had reached before the harness's kill does not excuse the next", async () => {
    const { ends, says, unplanned } = await watched();
    says("die", { exitCode: 1 });
    await ends.kill("p1");
    says("start");
    says("kill", { signal: 9 });
    says("die", { exitCode: 137 });
    expect((await unplanned()).map(({ by }) => by)).toEqual(["itself", "somebody"]);
  });

  it.each([
    ["docker kill", 9, 137, "somebody sent SIGKILL through the engine (exit status 137)"],
    ["docker stop", 15, 0, "somebody sent SIGTERM through the engine (exit status 0)"],
  ])("by %s is somebody's", async (_, signal, exitCode, detail) => {
    const { says, unplanned } = await watched();
    says("kill", { signal });
    says("die", { exitCode });
    expect(await unplanned()).toMatchObject([{ by: "somebody", detail }]);
  });

  it("by a signal from beside the engine is somebody's", async () => {
    const { says, unplanned } = await watched();
    says("die", { exitCode: 137 });
    expect(await unplanned()).toMatchObject([
      {
        by: "somebody",
        detail:
          "SIGKILL ended the process, and the engine does not know who sent the signal (exit status 137)",
      },
    ]);
  });

  it("for want of memory is the engine's, said by an event or by the container's state", async () => {
    const told = await watched();
    told.says("oom");
    told.says("die", { exitCode: 137 });
    const shown = await watched({ isOutOfMemory: true });
    shown.says("die", { exitCode: 137 });
    for (const { unplanned } of [told, shown])
      expect(await unplanned()).toMatchObject([{ by: "engine" }]);
  });

  it("that shows before the engine told of it is waited for", async () => {
    const { says, unplanned } = await watched({ isRunning: false });
    const asked = unplanned();
    setTimeout(() => says("die", { exitCode: 3 }), 50);
    expect(await asked).toMatchObject([{ by: "itself" }]);
  });

  it("of an earlier history is forgotten", async () => {
    const { ends, says, unplanned } = await watched();
    says("die", { exitCode: 1 });
    ends.begin();
    says("start");
    expect(await unplanned()).toEqual([]);
  });
});
