import { describe, expect, it } from "vitest";
import {
  type AskRegister,
  canRun,
  type ClientOutcome,
  parsePlan,
  type Plan,
  planAt,
  readable,
} from "../../../generators/index.ts";
import { set } from "../../../generators/workloads/set.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";
import { optionsWith } from "../support.ts";

const options = optionsWith({ workload: "set" });
const plans = Array.from({ length: 100 }, (_, index) => planAt(options, 3, index));

describe("plans of sets", () => {
  it("are valid, as JSON too, and add each element once", () => {
    for (const plan of plans) {
      expect(parsePlan(JSON.parse(JSON.stringify(plan)), bundledPlans)).toEqual(plan);
      const elements = plan.operations.flatMap(({ f, args }) => (f === "add" ? [args] : []));
      expect(elements.length).toBeGreaterThan(0);
      expect(new Set(elements.map((args) => args?.["element"])).size).toBe(elements.length);
    }
  });

  it("read sets, and say what they add", () => {
    expect(plans.some(({ operations }) => operations.some(({ f }) => f === "read"))).toBe(true);
    const steps = plans.flatMap((plan) => readable(plan, { target: bundledPlans }));
    expect(steps).toContainEqual(expect.stringMatching(/^c\d.* adds e\d+ to k\d+ through n\d/));
  });
});

it("runs on every target with registers, and on those that list it", () => {
  expect(canRun({ workloads: ["register"] }, set)).toBe(true);
  expect(canRun({ workloads: ["siblings"] }, set)).toBe(true);
  expect(canRun({ workloads: ["set"] }, set)).toBe(true);
  expect(canRun({ workloads: ["log"] }, set)).toBe(false);
});

describe("a set made of a register", () => {
  const [first] = plans as [Plan];
  const add = (client: number, key: number, element: string): Plan["operations"][number] => ({
    client,
    afterMs: 0,
    node: 0,
    f: "add",
    key,
    args: { element },
  });
  const plan: Plan = {
    ...first,
    keys: 2,
    operations: [add(0, 0, "e4"), add(1, 0, "e7"), add(0, 1, "e9")],
  };
  const over = set.overRegister?.(plan);

  /**
   * Performs a request over a register that answers by key. Returns the outcome, and the requests that the register
   * got.
   */
  function performed(
    request: { readonly f: string; readonly key: string; readonly element?: string },
    answer: (key: string) => ClientOutcome,
  ): { readonly outcome: ClientOutcome | undefined; readonly asked: readonly string[] } {
    const asked: string[] = [];
    let outcome: ClientOutcome | undefined;
    const register: AskRegister = (one, done) => {
      asked.push(`${one.f} ${one.key} ${one.value ?? ""}`.trim());
      done(answer(one.key));
    };
    const { f, key, element } = request;
    over?.perform(
      { op: 5, f, key, ...(element === undefined ? {} : { args: { element } }) },
      register,
      (now) => {
        outcome = now;
      },
    );
    return { outcome, asked };
  }
  const holding = (...values: (string | null)[]): ClientOutcome => ({
    kind: "ok",
    versions: values.map((value) => ({ value })),
  });
  const timeout: ClientOutcome = { kind: "info", code: "timeout", message: "no reply" };

  it("has a key for each element that the plan adds, and asks at most for all of one set", () => {
    expect(over?.keys).toEqual(["k0-e4", "k0-e7", "k1-e9"]);
    expect(over?.requests).toBe(2);
  });

  it("adds an element by a write of its key", () => {
    expect(performed({ f: "add", key: "k0", element: "e7" }, () => holding("v5"))).toEqual({
      outcome: { kind: "ok" },
      asked: ["write k0-e7 v5"],
    });
  });

  it("reads the keys of all its elements, one after the other", () => {
    const read = performed({ f: "read", key: "k0" }, (key) =>
      key === "k0-e7" ? holding("v1") : holding(),
    );
    expect(read).toEqual({
      outcome: { kind: "ok", result: ["e7"] },
      asked: ["read k0-e4", "read k0-e7"],
    });
  });

  it("has an element if any sibling has a value", () => {
    const { outcome } = performed({ f: "read", key: "k0" }, () => holding(null, "v1"));
    expect(outcome).toEqual({ kind: "ok", result: ["e4", "e7"] });
    expect(performed({ f: "read", key: "k0" }, () => holding(null)).outcome).toEqual({
      kind: "ok",
      result: [],
    });
  });

  it("ends as its first request that does not succeed, which alone decides", () => {
    expect(performed({ f: "add", key: "k0", element: "e4" }, () => timeout).outcome).toBe(timeout);
    expect(performed({ f: "read", key: "k0" }, () => timeout)).toEqual({
      outcome: timeout,
      asked: ["read k0-e4"],
    });
  });

  it("is empty without asking where nothing is ever added", () => {
    const none = set.overRegister?.({ ...plan, operations: [] });
    let outcome: ClientOutcome | undefined;
    none?.perform(
      { op: 1, f: "read", key: "k0" },
      () => {},
      (now) => (outcome = now),
    );
    expect(outcome).toEqual({ kind: "ok", result: [] });
  });
});

describe("what is promised of a set, by what is promised of the register", () => {
  const promised = (
    names: readonly string[],
    repair?: { read: "off" | "async"; antiEntropy: boolean },
  ) =>
    set.promisedOver?.({ guarantees: new Set(names), ...(repair === undefined ? {} : { repair }) });
  it.each([
    [["no-thin-air"], ["set-no-thin-air"]],
    [
      ["no-thin-air", "regular-stamped"],
      ["set-no-thin-air", "set-fresh"],
    ],
    [
      ["durable", "siblings-2"],
      ["set-complete", "set-fresh"],
    ],
    [["durable"], []],
    [["durable", "converged"], ["set-complete"]],
    [[], []],
  ])("%j: %j", (names, expected) => expect(promised(names)).toEqual(expected));

  it("is not complete where handoff alone makes replicas equal, which not all keys get", () => {
    const names = ["durable", "converged"];
    expect(promised(names, { read: "off", antiEntropy: false })).toEqual([]);
    expect(promised(names, { read: "async", antiEntropy: false })).toEqual(["set-complete"]);
    expect(promised(names, { read: "off", antiEntropy: true })).toEqual(["set-complete"]);
  });
});
