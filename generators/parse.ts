/** Plans on their way in: from a file, a token, a hand. */
import { Ajv } from "ajv";
import type { ErrorObject } from "ajv";
import { currentGuaranteeName, isGuaranteeName } from "../checkers/index.ts";
import { SettingsError, parseSettings, quorumProblem } from "../store/index.ts";
import type { StoreSettings } from "../store/index.ts";
import type { Fault, Plan, PlannedOperation } from "./plan.ts";
import { PlanError, shown } from "./plan-error.ts";
import { nodeIndicesOf, smallestRing } from "./reach.ts";
import { planSchema } from "./schema.ts";

// `verbose` puts the offending value into the error.
const hasShape = new Ajv({ strict: true, discriminator: true, verbose: true }).compile<Plan>(
  planSchema,
);

/** A valid plan, or a PlanError that names the first thing wrong with it. Settings that are left out take the store's defaults. */
export function parsePlan(input: unknown): Plan {
  if (isDeeperThan(input, deepest))
    throw new PlanError({
      code: "plan-shape",
      path: "",
      expected: `at most ${deepest} levels of lists and objects in each other`,
      got: "more",
      hint: "compare it with a plan.json that quorate wrote",
    });
  if (!hasShape(input)) throw shapeError(hasShape.errors?.[0]);
  const plan: Plan = {
    ...input,
    settings: settingsOf(input.settings),
    claimed: input.claimed.map(currentGuaranteeName).filter(isGuaranteeName),
  };
  plan.operations.forEach((operation, index) =>
    checkOperation(plan, operation, `/operations/${index}`),
  );
  plan.faults.forEach(({ fault, when }, index) => {
    checkFault(plan.settings, fault, `/faults/${index}/fault`);
    if (when !== undefined)
      inRange(when.node, plan.settings.nodes, `/faults/${index}/when/node`, "nodes");
  });
  return plan;
}

/** Twice what a plan needs. Whatever shows a value in a message could not take any depth. */
const deepest = 16;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function settingsOf(input: unknown): StoreSettings {
  try {
    return parseSettings(input);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new PlanError(
      {
        code: "plan-settings",
        path: "/settings",
        expected: error.expected,
        got: error.got,
        hint: error.hint,
      },
      { cause: error },
    );
  }
}

function checkOperation(plan: Plan, operation: PlannedOperation, path: string): void {
  const { nodes, n, versions } = plan.settings;
  inRange(operation.client, plan.clients, `${path}/client`, "clients");
  inRange(operation.key, plan.keys, `${path}/key`, "keys");
  inRange(operation.node, nodes, `${path}/node`, "nodes");
  const reads = operation.f === "read";
  for (const name of ["w", "pw", "dw"] as const) {
    if (reads && operation[name] !== undefined)
      contradiction(
        `${path}/${name}`,
        `no ${name.toUpperCase()} on a read`,
        operation[name],
        `a read has an R; drop ${name}`,
      );
  }
  for (const name of ["r", "pr"] as const) {
    if (!reads && operation[name] !== undefined)
      contradiction(
        `${path}/${name}`,
        `no ${name.toUpperCase()} on a ${operation.f}`,
        operation[name],
        `a write or delete has a W; drop ${name}`,
      );
  }
  if (operation.w === "ANY" && (operation.pw !== undefined || operation.dw !== undefined))
    contradiction(
      `${path}/w`,
      "ANY alone",
      "PW or DW beside it",
      "drop pw and dw, or name another w",
    );
  for (const name of ["r", "pr", "w", "pw", "dw"] as const) {
    const problem =
      operation[name] === undefined ? null : quorumProblem({ [name]: operation[name] }, n);
    if (problem !== null)
      contradiction(
        `${path}/${name}`,
        problem.expected,
        operation[name],
        "correct it, or raise settings.n",
      );
  }
  if (operation.carry !== true) return;
  if (reads)
    contradiction(
      `${path}/carry`,
      "no context on a read",
      true,
      "only a write or delete carries a context; drop carry",
    );
  if (versions !== "siblings")
    contradiction(
      `${path}/carry`,
      "no context under last write wins",
      true,
      "drop carry, or set settings.versions to siblings",
    );
}

function checkFault(settings: StoreSettings, fault: Fault, path: string): void {
  for (const node of nodeIndicesOf(fault)) inRange(node, settings.nodes, path, "nodes");
  if (fault.kind !== "partition") return;
  const { partition } = fault;
  switch (partition.shape) {
    case "halves":
      if (partition.side.length === settings.nodes)
        contradiction(
          `${path}/partition/side`,
          "a side that leaves out some node",
          partition.side,
          "name one side only",
        );
      return;
    case "isolate":
      if (settings.nodes === 1)
        contradiction(
          `${path}/partition`,
          "at least two nodes to part",
          settings.nodes,
          "drop the fault",
        );
      return;
    case "one-way":
      if (partition.from === partition.to)
        contradiction(
          `${path}/partition`,
          "two different nodes",
          partition,
          "a node cannot be cut off from itself",
        );
      return;
    case "ring":
      if (settings.nodes < smallestRing)
        contradiction(
          `${path}/partition`,
          `at least ${smallestRing} nodes`,
          settings.nodes,
          "in a smaller ring all are neighbours",
        );
      if (partition.order.length !== settings.nodes)
        contradiction(
          `${path}/partition/order`,
          "each node once",
          partition.order,
          "name all nodes, in the order of the ring",
        );
      return;
    case "bridge":
      if (partition.side.includes(partition.node))
        contradiction(
          `${path}/partition/side`,
          "a side without the bridge",
          partition.side,
          "the bridge is on neither side",
        );
      if (partition.side.length + 1 >= settings.nodes)
        contradiction(
          `${path}/partition/side`,
          "a side that leaves out some node",
          partition.side,
          "name one side only",
        );
      return;
    case "links":
      for (const [from, to] of partition.cuts)
        if (from === to)
          contradiction(
            `${path}/partition/cuts`,
            "two different nodes",
            [from, to],
            "a node cannot be cut off from itself",
          );
  }
}

function inRange(
  index: number,
  count: number,
  path: string,
  what: "clients" | "keys" | "nodes",
): void {
  if (index < count) return;
  const where = what === "nodes" ? "settings.nodes" : what;
  throw new PlanError({
    code: "plan-out-of-range",
    path,
    expected: `an index below ${count}, as the plan has ${count} ${what}`,
    got: shown(index),
    hint: `indices count from 0; correct it or raise ${where}`,
  });
}

function contradiction(path: string, expected: string, got: unknown, hint: string): never {
  throw new PlanError({ code: "plan-contradiction", path, expected, got: shown(got), hint });
}

function shapeError(error: ErrorObject | undefined): PlanError {
  const path = error?.instancePath ?? "";
  const params: Record<string, unknown> = error?.params ?? {};
  if (error?.keyword === "additionalProperties") {
    const known = Object.keys(
      (error.parentSchema as { properties?: object }).properties ?? {},
    ).join(", ");
    const field = String(params["additionalProperty"]);
    return new PlanError({
      code: "plan-unknown-field",
      path: `${path}/${field}`,
      expected: `one of ${known}`,
      got: shown(field),
      hint: "correct its spelling or drop it",
    });
  }
  const allowed = params["allowedValue"] ?? params["allowedValues"];
  const expected =
    allowed !== undefined
      ? `one of ${JSON.stringify(allowed)}`
      : error?.keyword === "discriminator"
        ? `a known ${String(params["tag"])}`
        : (error?.message ?? "a plan").replace(/^must /, "it to ");
  return new PlanError({
    code: "plan-shape",
    path,
    expected,
    got: shown(error?.keyword === "discriminator" ? params["tagValue"] : error?.data),
    hint: "compare it with a plan.json that quorate wrote",
  });
}
