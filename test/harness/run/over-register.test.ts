/**
 * Tests workloads on targets. If a target does not list a workload, its operations are made from reads and writes. If
 * it does, it gets them unchanged.
 */
import { describe, expect, it } from "vitest";
import { type HistoryEvent, judge, type Verdict } from "../../../checkers/index.ts";
import { builtInKinds, type Plan, planAt } from "../../../generators/index.ts";
import { attempt } from "../../../harness/campaign/attempt.ts";
import { huntPlans, rowOf } from "../../../harness/hunt/plans.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";
import { createPerformer, heardPlan } from "../../../harness/run/operations.ts";
import { runHistory } from "../../../harness/run/index.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";
import type { Target } from "../../../harness/targets/target.ts";
import { createWaiting } from "../../../harness/platforms/waiting.ts";
import { toy } from "../targets/conformance/toys.ts";

const planOf = (target: Target, index: number, settings = target.defaults): Plan =>
  planAt({ target, settings, workload: "set", faults: [], claimed: [] }, 1, index);

const promised = ({ guarantees }: Verdict): readonly string[] =>
  Object.entries(guarantees).flatMap(([name, one]) =>
    one.promised ? [`${name} ${one.verdict}`] : [],
  );

describe("sets on a target with registers", () => {
  it.each(["stamps", "siblings"])("of the bundled store, with %s", async (versions) => {
    const plan = planOf(bundled, 0, { ...bundled.defaults, versions });
    const { events, verdict } = await attempt(plan, createSimCluster(bundled), { evidence: true });
    expect(promised(verdict)).toEqual([
      "no-crash valid",
      "set-no-thin-air valid",
      "set-complete valid",
      "set-fresh valid",
    ]);
    const [run] = events;
    const elements = plan.operations.flatMap(({ f, key, args }) =>
      f === "add" ? [`k${key}-${String(args?.["element"])}`] : [],
    );
    // Replicas are compared by the store's keys, one for each element.
    if (run?.e !== "run") throw new Error("no run event");
    expect(Object.keys(run.preference ?? {}).sort()).toEqual([...elements].sort());
    expect(shownAtTheEnd(events)).toEqual(plan.operations.filter(({ f }) => f === "add").length);
  });

  it("of a store with plain values, whose clients know reads and writes only", async () => {
    const store = toy();
    const events = await runHistory(planOf(store, 1), createSimCluster(store), { evidence: true });
    const verdict = judge(events);
    expect(verdict).toMatchObject({ verdict: "valid", reasons: [] });
    expect(promised(verdict)).toContain("set-fresh valid");
  });

  it("judge what they are made of by nothing but the set's own guarantees", async () => {
    const { verdict } = await attempt(planOf(bundled, 2), createSimCluster(bundled), {
      evidence: true,
    });
    expect(verdict.guarantees["linearizable"]).toMatchObject({
      verdict: "not-applicable",
      promised: false,
    });
  });

  it.each(["quorum-off-by-one", "merge-of-first", "ack-before-fsync"])("find %s", async (bug) => {
    const cluster = createSimCluster(bundled);
    // With few keys and the default settings, clients notice a write that is on too few replicas.
    const small = { swarmSettings: [], keys: { min: 1, max: 3 } };
    const options = { ...huntPlans(rowOf(bug), cluster), ...small, workload: "set", bug };
    for (let index = 0; index < 120; index++) {
      const { verdict } = await attempt(planAt(options, 1, index), cluster, { evidence: true });
      if (verdict.verdict !== "invalid") continue;
      expect(verdict.reasons[0]).toMatch(/^set-(fresh|complete) is broken: k\d+: /);
      return;
    }
    throw new Error(`${bug} was not found in 120 histories`);
  });
});

/** The number of all elements in the final reads. */
function shownAtTheEnd(events: readonly HistoryEvent[]): number {
  const finals = new Set(
    events.flatMap((event) => (event.e === "invoke" && event.final ? [event.op] : [])),
  );
  return events
    .flatMap((event) => (event.e === "ok" && finals.has(event.op) ? [event.result] : []))
    .reduce<number>((sum, result) => sum + (Array.isArray(result) ? result.length : 0), 0);
}

describe("a target that lists the workload", () => {
  const native = toy({}, { workloads: ["set"] });
  const plan = planOf(native, 0);

  it("hears its operations, and of its name and keys", () => {
    const heard = heardPlan(plan, native, builtInKinds);
    expect(heard.workload).toBe("set");
    expect(heard.operation("add")).toBe("add");
    expect(heard.keys).toContain("k0");
    expect(heard.promised(["linearizable"], undefined)).toEqual(["linearizable"]);
    const asked: string[] = [];
    const perform = createPerformer(plan, native, builtInKinds, createWaiting().clock);
    const session = {
      perform: ({ f, args }: { f: string; args?: object }) =>
        void asked.push(`${f} ${JSON.stringify(args)}`),
      close: () => {},
    };
    perform(session, { op: 0, f: "add", key: "k0", args: { element: 3 } }, 1, () => {});
    expect(asked).toEqual(['add {"element":3}']);
  });
});

it("a target with neither is refused before anything runs", async () => {
  const other = toy({}, { workloads: ["log"] });
  await expect(
    runHistory(planOf(toy(), 0), createSimCluster(other), { evidence: true }),
  ).rejects.toThrow(/^workload-not-supported: expected a workload of toy: log; got set\./);
});
