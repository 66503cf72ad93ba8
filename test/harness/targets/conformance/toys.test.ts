/**
 * Tests that the conformance suite accepts a correct store, and refuses each store with one flaw in a sentence that
 * names the flaw.
 */
import type { ChildProcess } from "node:child_process";
import { afterAll, describe, expect, it } from "vitest";
import { testTarget } from "../../../../harness/targets/conformance/index.ts";
import type { Target } from "../../../../harness/targets/target.ts";
import { type Flaw, toy } from "./toys.ts";

/** For each check that failed, its complaint. */
async function complaints(target: Target): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const { name, run } of testTarget(target))
    await run().catch((error: unknown) => {
      found[name] = error instanceof Error ? error.message : String(error);
    });
  return found;
}

describe("a toy without a flaw", () => {
  it.each(testTarget(toy()))("$name", async ({ run }) => expect(await run()).toBeNull());
});

const left: ChildProcess[] = [];
afterAll(() => {
  for (const child of left) child.kill("SIGKILL");
});

describe("refuses a store that", () => {
  it.each<[string, Flaw, string, RegExp]>([
    [
      "keeps data between histories",
      { outlives: new Map() },
      "keeps two histories apart",
      /^n1 shows what an earlier history wrote to conformance-\d+: ok, \["earlier"\]. Start nodes with empty disks/,
    ],
    [
      "calls an indeterminate write definite",
      { timeoutsAreDefinite: true },
      "tells definite from indeterminate errors",
      /^A write while n1 was paused ended as fail timeout \(no answer\), and a later read through n1 shows the written value. Answer fail only where/,
    ],
    [
      "loses acknowledged writes on restart",
      { forgets: true },
      "survives kill and restart",
      /^A write through n1 was acknowledged, and no node has it after all nodes were killed and started. Let the store sync/,
    ],
    [
      "has a node that never serves again, though another one shows what was written",
      { secondGoesDeaf: true },
      "survives kill and restart",
      /^n2 did not serve again after all nodes were killed and started\. Each node must find its data/,
    ],
    [
      "leaves a process behind",
      { leaves: left },
      "stops without a trace",
      /^toy was stopped, but this is left: process \d+ \(sleep 300\).* end and remove/,
    ],
  ])("%s", async (_, flaw, check, sentence) => {
    expect(await complaints(toy(flaw))).toEqual({ [check]: expect.stringMatching(sentence) });
  });

  it("never becomes ready", async () => {
    const found = await complaints(toy({ neverReady: true }));
    expect(found["starts"]).toMatch(
      /^toy does not start: nodes-not-up: expected all nodes serving .* n1 said last: .* Read the nodes' own logs/,
    );
    expect(found["stops without a trace"]).toBeUndefined();
  });
});

describe("refuses a description that", () => {
  const promising = (...guarantees: string[]): Partial<Target> => ({
    promises: (settings, facts) => ({
      ...toy().promises(settings, facts),
      // A configuration file in JavaScript may contain such values, since no compiler checks it.
      guarantees: guarantees as never[],
    }),
  });
  it.each<[string, Partial<Target>, RegExp]>([
    [
      "promises what no checker judges",
      promising("always-right"),
      /promises "always-right", which no checker judges/,
    ],
    [
      "promises what needs evidence, and has none",
      promising("acknowledged"),
      /promises acknowledged, which needs .*, but the target's capabilities say/,
    ],
    ["promises nothing", promising(), /promises nothing, so no history of it can be valid/],
    [
      "lists a workload that nobody knows",
      { workloads: ["register", "bank"] },
      /lists the workload bank, which quorate does not know/,
    ],
    [
      "throws",
      {
        facts: () => {
          throw new Error("no such setting");
        },
      },
      /threw an error, which no target may do in this check: no such setting/,
    ],
  ])("%s", async (_, more, sentence) => {
    const [describesItself] = testTarget(toy({}, more));
    await expect(describesItself?.run()).rejects.toThrow(sentence);
  });
});
