import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { builtInKinds, PlanError } from "../../generators/index.ts";
import type { PlanErrorCode } from "../../generators/index.ts";
import { parse, smallPlan } from "./support.ts";

/** The small plan with the value at `path` replaced, or removed if `value` is undefined. */
function changed(path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(smallPlan);
  const names = path.split("/").slice(1);
  const last = names.pop() ?? "";
  const parent = names.reduce((at, name) => (at as Record<string, unknown>)[name], copy) as Record<
    string,
    unknown
  >;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

function refusal(input: unknown): PlanError {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
  throw new Error("expected the plan to be refused, it was accepted");
}

it("takes a plan of the format /1 for one of the bundled store, its quorums for levels", () => {
  const old = {
    format: "quorate-plan/1",
    worldSeed: 7,
    settings: { nodes: 3 },
    clients: 1,
    keys: 1,
    operations: [{ client: 0, afterMs: 0, node: 0, f: "write", key: 0, w: "ALL", dw: 1 }],
    faults: [],
    claimed: [],
  };
  expect(parse(old)).toMatchObject({
    format: "quorate-plan/2",
    target: { name: "bundled" },
    workload: "register",
    operations: [{ f: "write", key: 0, levels: { w: "ALL", dw: 1 } }],
  });
  expect(refusal({ ...old, operations: [{ ...old.operations[0], f: "read" }] }).path).toBe(
    "/operations/0/levels/w",
  );
});

it("accepts a plan with one of everything", () => {
  expect(parse(structuredClone(smallPlan))).toEqual(smallPlan);
});

it("accepts a change that kills the node that joins, and waits for an event on that node", () => {
  const fault = {
    kind: "membership",
    change: "add",
    newcomer: 6,
    asked: 0,
    interrupted: { who: "newcomer", afterMs: 10, forMs: 50 },
  };
  const when = { event: "synced", node: 6, count: 1 };
  const plan = { ...smallPlan, faults: [{ atMs: 10, durationMs: 500, fault, when }] };
  expect(parse(structuredClone(plan))).toEqual(plan);
  expect(refusal({ ...plan, faults: [{ ...plan.faults[0], when: { ...when, node: 5 } }] })).toEqual(
    expect.objectContaining({ code: "plan-out-of-range", path: "/faults/0/when/node" }),
  );
});

describe("refuses", () => {
  const cases: [
    what: string,
    path: string,
    value: unknown,
    code: PlanErrorCode,
    at: string,
    says: RegExp,
  ][] = [
    [
      "another format",
      "/format",
      "quorate-plan/3",
      "plan-shape",
      "/format",
      /quorate-plan\/2.*quorate-plan\/3/,
    ],
    ["a missing field", "/worldSeed", undefined, "plan-shape", "", /worldSeed/],
    ["a negative seed", "/worldSeed", -1, "plan-shape", "/worldSeed", />= 0.*-1/],
    ["an unknown field", "/speed", 1, "plan-unknown-field", "/speed", /worldSeed/],
    [
      "an unknown field of an operation",
      "/operations/1/delayMs",
      1,
      "plan-unknown-field",
      "/operations/1/delayMs",
      /afterMs/,
    ],
    [
      "an unknown field of a fault",
      "/faults/3/fault/node",
      1,
      "plan-unknown-field",
      "/faults/3/fault/node",
      /nodes/,
    ],
    [
      "an unknown operation",
      "/operations/0/f",
      "cas",
      "plan-shape",
      "/operations/0/f",
      /read.*write.*delete/,
    ],
    [
      "an unknown fault",
      "/faults/0/fault/kind",
      "flood",
      "plan-shape",
      "/faults/0/fault/kind",
      /kill.*flood/,
    ],
    [
      "an unknown partition",
      "/faults/0/fault/partition/shape",
      "ring",
      "plan-shape",
      "/faults/0/fault/partition",
      /shape.*ring/,
    ],
    [
      "a fraction of a millisecond",
      "/operations/0/afterMs",
      1.5,
      "plan-shape",
      "/operations/0/afterMs",
      /integer/,
    ],
    [
      "a fault that lasts no time",
      "/faults/0/durationMs",
      0,
      "plan-shape",
      "/faults/0/durationMs",
      />= 1/,
    ],
    [
      "a node killed twice",
      "/faults/3/fault/nodes",
      [1, 1],
      "plan-shape",
      "/faults/3/fault/nodes",
      /duplicate/,
    ],
    [
      "a fault of no node",
      "/faults/3/fault/nodes",
      [],
      "plan-shape",
      "/faults/3/fault/nodes",
      /fewer than 1/,
    ],
    [
      "a claim of no known guarantee",
      "/claimed",
      ["fast"],
      "plan-shape",
      "/claimed/0",
      /linearizable/,
    ],
    [
      "a client that is not there",
      "/operations/0/client",
      2,
      "plan-out-of-range",
      "/operations/0/client",
      /below 2/,
    ],
    [
      "a key that is not there",
      "/operations/0/key",
      2,
      "plan-out-of-range",
      "/operations/0/key",
      /2 keys/,
    ],
    [
      "a node that is not there",
      "/operations/0/node",
      5,
      "plan-out-of-range",
      "/operations/0/node",
      /settings\.nodes/,
    ],
    [
      "a fault at a node that is not there",
      "/faults/0/fault/partition/node",
      5,
      "plan-out-of-range",
      "/faults/0/fault",
      /5 nodes/,
    ],
    ["another target", "/target/name", "mine", "plan-target", "/target/name", /bundled.*mine/],
    ["an unknown workload", "/workload", "bank", "plan-shape", "/workload", /register.*bank/],
    [
      "arguments that the operation does not take",
      "/operations/0/args",
      { more: 1 },
      "plan-contradiction",
      "/operations/0/args",
      /no arguments/,
    ],
    [
      "W above N",
      "/operations/0/levels/w",
      4,
      "plan-contradiction",
      "/operations/0/levels/w",
      /n = 3/,
    ],
    [
      "R on a write",
      "/operations/0/levels/r",
      1,
      "plan-contradiction",
      "/operations/0/levels/r",
      /write/,
    ],
    [
      "W on a read",
      "/operations/1/levels/w",
      1,
      "plan-contradiction",
      "/operations/1/levels/w",
      /read/,
    ],
    [
      "a context on a read",
      "/operations/1/carry",
      true,
      "plan-contradiction",
      "/operations/1/carry",
      /context/,
    ],
    [
      "a context under last write wins",
      "/settings/versions",
      "stamps",
      "plan-contradiction",
      "/operations/2/carry",
      /siblings/,
    ],
    [
      "a side of all nodes",
      "/faults/1/fault/partition/side",
      [0, 1, 2, 3, 4],
      "plan-contradiction",
      "/faults/1/fault/partition/side",
      /side/,
    ],
    [
      "a node cut off from itself",
      "/faults/2/fault/partition/to",
      3,
      "plan-contradiction",
      "/faults/2/fault/partition",
      /itself/,
    ],
    [
      "a trigger at a node that is not there",
      "/faults/17/when/node",
      5,
      "plan-out-of-range",
      "/faults/17/when/node",
      /5 nodes/,
    ],
    [
      "an unknown trigger",
      "/faults/17/when/event",
      "lunch",
      "plan-shape",
      "/faults/17/when/event",
      /replica-ack/,
    ],
    ["W above N in the settings", "/settings/w", 4, "plan-settings", "/settings", /4/],
    [
      "W above N in the settings, said once",
      "/settings/w",
      4,
      "plan-settings",
      "/settings",
      /^plan-settings at \/settings: expected a write quorum among the replicas \(w ≤ n\), got w = 4, n = 3; lower w or raise n$/,
    ],
    ["an unknown setting", "/settings/color", "red", "plan-settings", "/settings", /color/],
    [
      "a number too large for JSON",
      "/clients",
      Number.POSITIVE_INFINITY,
      "plan-shape",
      "/clients",
      /got Infinity/,
    ],
    [
      "an operation nested without end",
      "/operations/0",
      nested(50_000),
      "plan-shape",
      "",
      /levels/,
    ],
    ["a setting nested without end", "/settings/w", nested(50_000), "plan-shape", "", /levels/],
  ];

  it.each(cases)("%s", (_, path, value, code, at, says) => {
    const error = refusal(changed(path, value));
    expect({ code: error.code, path: error.path }).toEqual({ code, path: at });
    expect(error.message).toMatch(says);
    expect(error.hint).not.toBe("");
  });

  it.each([null, 7, "quorate", [], {}])("%j, which is no plan", (input) => {
    expect(refusal(input).code).toBe("plan-shape");
  });
});

it("checks with valid schemas", () => {
  const ajv = new Ajv();
  const schemas = [
    ...[...builtInKinds.faults.values()].map(({ schema }) => schema),
    ...[...builtInKinds.workloads.values()].flatMap(({ operations }) =>
      Object.values(operations).map(({ args }) => args ?? {}),
    ),
  ];
  expect(schemas.filter((schema) => ajv.validateSchema(schema) !== true)).toEqual([]);
});
