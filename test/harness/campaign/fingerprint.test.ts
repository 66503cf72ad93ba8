import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planAt, type Plan } from "../../../generators/index.ts";
import { planFingerprint } from "../../../harness/campaign/fingerprint.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";

const wishes = {
  target: bundled,
  settings: bundled.defaults,
  faults: ["kill", "partition"],
  workload: "register",
  claimed: [],
  operations: { min: 1, max: 12 },
};

/** The plan with its clients, nodes and keys renumbered. */
function renamed(plan: Plan, by: number): Plan {
  const turn = (index: number, of: number): number => (index + by) % of;
  return {
    ...plan,
    operations: plan.operations.map((operation) => ({
      ...operation,
      client: turn(operation.client, plan.clients),
      node: turn(operation.node, 7),
      key: turn(operation.key, plan.keys),
    })),
  };
}

const small = (operations: readonly (readonly [number, string, number, number])[]): Plan => ({
  ...planAt(wishes, 1, 0),
  faults: [],
  operations: operations.map(([client, f, node, key]) => ({ client, f, node, key, afterMs: 0 })),
});

describe("planFingerprint", () => {
  it("says guarantee, operations of each client and kinds of fault", () => {
    const plan = small([
      [1, "write", 2, 0],
      [0, "read", 1, 0],
      [1, "read", 2, 3],
    ]);
    expect(planFingerprint("durable", plan)).toBe(
      "durable: read(n1 k1) | write(n2 k1) read(n2 k2); no fault",
    );
  });

  it("is the same under other names of clients, nodes and keys", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 6 }), (seed, by) => {
        const plan = planAt(wishes, seed, 0);
        expect(planFingerprint("durable", renamed(plan, by))).toBe(
          planFingerprint("durable", plan),
        );
      }),
    );
  });

  it("tells apart what differs in guarantee, order, node, key or fault", () => {
    const plan = small([
      [0, "write", 0, 0],
      [1, "read", 1, 0],
    ]);
    const others = [
      planFingerprint("durable", plan),
      planFingerprint("regular", plan),
      planFingerprint(
        "durable",
        small([
          [0, "write", 0, 0],
          [1, "read", 0, 0],
        ]),
      ),
      planFingerprint(
        "durable",
        small([
          [0, "write", 0, 0],
          [1, "read", 1, 1],
        ]),
      ),
      planFingerprint(
        "durable",
        small([
          [0, "write", 0, 0],
          [0, "read", 1, 0],
        ]),
      ),
      planFingerprint(
        "durable",
        small([
          [0, "read", 1, 0],
          [0, "write", 0, 0],
        ]),
      ),
      planFingerprint("durable", {
        ...plan,
        faults: [{ atMs: 0, durationMs: 1, fault: { kind: "kill", nodes: [0] } }],
      }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});
