/** Parses and checks plans from files and tokens, or written by hand. */
import { Ajv } from "ajv";
import { currentGuaranteeName, isGuaranteeName } from "../checkers/index.ts";
import type { ErrorObject, ValidateFunction } from "ajv";
import { builtInKinds, type Kinds, kindOf, workloadOf } from "./kinds.ts";
import type { ResolvedLanguage } from "./options.ts";
import type { Fault, Plan, PlannedOperation, Settings } from "./plan.ts";
import { PlanError, shown } from "./plan-error.ts";
import { planSchema } from "./schema.ts";
import { isSettingsProblem, type PlanTarget } from "./target.ts";
import { planTarget, upgraded } from "./upgrade.ts";
import { heardOperation } from "./workloads/over-register.ts";
import type { Workload } from "./workloads/workload.ts";

/**
 * Reads a plan of this target in the current format or an earlier one. Missing settings take the target's defaults.
 *
 * @param input The parsed content of plan.json, or of a token (`readToken`).
 * @param target The target of the plan.
 * @param kinds The kinds of fault and the workloads that the plan may name.
 * @throws PlanError that names the first thing wrong with the plan.
 */
export function parsePlan(input: unknown, target: PlanTarget, kinds: Kinds = builtInKinds): Plan {
  if (isDeeperThan(input, deepest))
    throw new PlanError({
      code: "plan-shape",
      path: "",
      expected: `at most ${deepest} nested levels of lists and objects`,
      got: "more",
      hint: "compare the plan with a plan.json that quorate wrote",
    });
  const named = planTarget(input)?.name;
  if (named !== undefined && named !== target.name)
    throw new PlanError({
      code: "plan-target",
      path: "/target/name",
      expected: `a plan for ${target.name}`,
      got: `one for ${named}`,
      hint: "use the target that the plan names",
    });
  const today = upgraded(input);
  const hasShape = shapeOf({ target, kinds });
  if (!hasShape(today)) throw shapeError(hasShape.errors?.[0]);
  const plan: Plan = {
    ...today,
    settings: settingsOf(today.settings, target),
    claimed: today.claimed.map(currentGuaranteeName).filter(isGuaranteeName),
  };
  if (plan.keyNames !== undefined && plan.keyNames.length !== plan.keys)
    contradiction(
      "/keyNames",
      `a name for each of ${plan.keys} keys`,
      plan.keyNames.length,
      "name each key once, or drop keyNames",
    );
  const workload = workloadOf(kinds, plan.workload);
  const { nodes, carriesContexts } = target.facts(plan.settings);
  plan.operations.forEach((operation, index) => {
    const path = `/operations/${index}`;
    inRange(operation.client, plan.clients, `${path}/client`, "clients");
    inRange(operation.key, plan.keys, `${path}/key`, "keys");
    inRange(operation.node, nodes, `${path}/node`, "nodes");
    checkOperation(operation, path, workload, { carriesContexts });
    checkLevels(operation, path, plan.settings, { target, workload });
  });
  plan.faults.forEach(({ fault, when }, index) => {
    checkFault(fault, nodes, `/faults/${index}/fault`, kinds);
    if (when !== undefined && !joinsOf(fault, kinds).includes(when.node))
      inRange(when.node, nodes, `/faults/${index}/when/node`, "nodes");
  });
  return plan;
}

const shapes = new WeakMap<Kinds, WeakMap<PlanTarget, ValidateFunction<Plan>>>();

/**
 * Returns the validator for plans of this target and these kinds, which is compiled only once. Of faults it checks only
 * the kind: compiling the schemas of all kinds would take longer than running a short history.
 */
function shapeOf(language: ResolvedLanguage): ValidateFunction<Plan> {
  const { target, kinds } = language;
  const ofKinds = shapes.get(kinds) ?? new WeakMap<PlanTarget, ValidateFunction<Plan>>();
  shapes.set(kinds, ofKinds);
  const fault = {
    type: "object",
    properties: { kind: { enum: [...kinds.faults.keys()] } },
    required: ["kind"],
  };
  const known = ofKinds.get(target) ?? ajv.compile<Plan>(planSchema(language, fault));
  ofKinds.set(target, known);
  return known;
}

/** Checks a part of the plan by `schema`, which is compiled at its first use. */
function checkShape(part: unknown, schema: object, path: string): void {
  const hasShape = ajv.compile(schema);
  if (!hasShape(part)) throw shapeError(hasShape.errors?.[0], path);
}

/** Keeps each validator that it compiled. `verbose` adds the offending value to errors. */
const ajv = new Ajv({
  strict: true,
  discriminator: true,
  verbose: true,
  allowUnionTypes: true,
  addUsedSchema: false,
  // A test validates the built-in schemas, so they are not validated here. Optimizing the compiled code takes longer
  // than it saves.
  validateSchema: false,
  code: { optimize: false },
});

/**
 * The largest number of nested levels in a plan, more than a plan needs. Printing a deeper value in a message could
 * exhaust the stack.
 */
const deepest = 16;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function settingsOf(input: unknown, target: PlanTarget): Settings {
  try {
    return target.parseSettings(input);
  } catch (error) {
    if (!isSettingsProblem(error)) throw error;
    const { expected, got, hint } = error;
    throw new PlanError(
      { code: "plan-settings", path: "/settings", expected, got, hint },
      { cause: error },
    );
  }
}

function checkOperation(
  operation: PlannedOperation,
  path: string,
  workload: Workload,
  { carriesContexts }: { readonly carriesContexts: boolean },
): void {
  const { f, args, carry } = operation;
  const known = Object.hasOwn(workload.operations, f) ? workload.operations[f] : undefined;
  if (known === undefined)
    throw new PlanError({
      code: "plan-shape",
      path: `${path}/f`,
      expected: `one of ${JSON.stringify(Object.keys(workload.operations))}`,
      got: shown(f),
      hint: `the workload ${workload.name} has no other operations`,
    });
  checkArgs(args, known.args, path);
  if (carry !== true) return;
  if (!known.writes)
    contradiction(
      `${path}/carry`,
      `no context on a ${f}`,
      true,
      "only operations that write carry a context; remove carry",
    );
  if (!workload.carries || !carriesContexts)
    contradiction(
      `${path}/carry`,
      `no context, since the workload ${workload.name} has none or the target's settings allow none`,
      true,
      "drop carry, or take a workload and settings whose reads return contexts, such as the workload siblings",
    );
}

function checkArgs(args: PlannedOperation["args"], schema: object | undefined, path: string): void {
  if (schema === undefined) {
    if (args !== undefined)
      contradiction(
        `${path}/args`,
        "no arguments",
        args,
        "the operation takes no arguments; drop args",
      );
    return;
  }
  checkShape(args, schema, `${path}/args`);
}

function checkLevels(
  { f, levels }: PlannedOperation,
  path: string,
  settings: Settings,
  { target, workload }: { readonly target: PlanTarget; readonly workload: Workload },
): void {
  const heard = heardOperation(target, workload, f);
  const problem = levels && target.levels?.problem(levels, heard, settings);
  if (problem !== null && problem !== undefined)
    contradiction(
      `${path}/levels/${problem.name}`,
      problem.expected,
      levels?.[problem.name],
      problem.hint,
    );
}

/** The indices of the nodes that the fault itself adds to the cluster. */
const joinsOf = (fault: Fault, kinds: Kinds): readonly number[] =>
  kindOf(kinds, fault).joins?.(fault) ?? [];

function checkFault(fault: Fault, nodes: number, path: string, kinds: Kinds): void {
  const kind = kindOf(kinds, fault);
  checkShape(fault, kind.schema, path);
  const joins = joinsOf(fault, kinds);
  for (const node of kind.nodesOf(fault))
    if (!joins.includes(node)) inRange(node, nodes, path, "nodes");
  const problem = kind.problem?.(fault, nodes) ?? null;
  if (problem !== null)
    contradiction(path + problem.path, problem.expected, problem.got, problem.hint);
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
    hint: `indices count from 0; correct the index or raise ${where}`,
  });
}

function contradiction(path: string, expected: string, got: unknown, hint: string): never {
  throw new PlanError({ code: "plan-contradiction", path, expected, got: shown(got), hint });
}

function shapeError(error: ErrorObject | undefined, under = ""): PlanError {
  const path = under + (error?.instancePath ?? "");
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
      hint: "correct the spelling of the field, or drop the field",
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
    hint: "compare the plan with a plan.json that quorate wrote",
  });
}
