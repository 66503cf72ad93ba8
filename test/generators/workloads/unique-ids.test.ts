import { describe, expect, it } from "vitest";
import {
  canRun,
  type ClientOutcome,
  parsePlan,
  type Plan,
  planAt,
  readable,
} from "../../../generators/index.ts";
import { uniqueIds } from "../../../generators/workloads/unique-ids.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";
import { optionsWith } from "../support.ts";

const options = optionsWith({ workload: "unique-ids" });
const plans = Array.from({ length: 100 }, (_, index) => planAt(options, 3, index));

describe("plans of unique ids", () => {
  it("are valid, as JSON too, and generate from few keys", () => {
    for (const plan of plans) {
      expect(parsePlan(JSON.parse(JSON.stringify(plan)), bundledPlans)).toEqual(plan);
      expect(new Set(plan.operations.map(({ f }) => f))).toEqual(new Set(["generate"]));
    }
    expect(plans.some(({ keys, operations }) => operations.length > 2 * keys)).toBe(true);
  });

  it("say what they generate", () => {
    const steps = plans.flatMap((plan) => readable(plan, { target: bundledPlans }));
    expect(steps).toContainEqual(
      expect.stringMatching(/^c\d.* asks the generator k\d+ for an id through n\d/),
    );
  });
});

it("runs on every target with registers, and on those that list it", () => {
  expect(canRun({ workloads: ["register"] }, uniqueIds)).toBe(true);
  expect(canRun({ workloads: ["siblings"] }, uniqueIds)).toBe(true);
  expect(canRun({ workloads: ["unique-ids"] }, uniqueIds)).toBe(true);
  expect(canRun({ workloads: ["log"] }, uniqueIds)).toBe(false);
});

describe("an id made of a register", () => {
  const [first] = plans as [Plan];
  const over = uniqueIds.overRegister?.({ ...first, keys: 2 });

  /** Performs a generate. Returns its requests to the register, and then its outcome. */
  function generated(answer: ClientOutcome): readonly unknown[] {
    const seen: unknown[] = [];
    over?.perform(
      { op: 5, f: "generate", key: "k1" },
      (request, done) => {
        seen.push(request);
        done(answer);
      },
      (outcome) => seen.push(outcome),
    );
    return seen;
  }
  const asked = { f: "write", key: "k1", value: "v5" };

  it("writes to the plan's own keys, once an operation", () => {
    expect(over).toMatchObject({ keys: ["k0", "k1"], requests: 1 });
  });

  it("is the key and the version of its write", () => {
    const answer = { kind: "ok", versions: [{ version: "n1.1:3", value: "v5" }] } as const;
    expect(generated(answer)).toEqual([asked, { kind: "ok", result: "k1/n1.1:3" }]);
  });

  it.each([{ kind: "ok" }, { kind: "ok", versions: [{ value: "v5" }] }] as const)(
    "is none where the store shows no version: %j",
    (answer) => expect(generated(answer)).toEqual([asked, { kind: "ok" }]),
  );

  it("is none where the write failed, or nobody knows", () => {
    const timeout = { kind: "info", code: "timeout", message: "no reply" } as const;
    expect(generated(timeout)).toEqual([asked, timeout]);
  });
});
