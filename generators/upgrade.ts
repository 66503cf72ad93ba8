/** Converts plans of format /1, which knew only the bundled store, to the current format. */
import type { TargetName } from "./plan.ts";

const oldFormat = "quorate-plan/1";
const oldLevels = ["r", "pr", "w", "pw", "dw"] as const;

/** The target of plans of format /1, which do not name their target. */
const onlyTarget: TargetName = { name: "bundled", version: "0.1.0" };

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the target that a plan names, even if the plan is otherwise invalid. Returns null if the plan names none. */
export function planTarget(input: unknown): TargetName | null {
  if (!isObject(input)) return null;
  if (input["format"] === oldFormat) return onlyTarget;
  const target = input["target"];
  if (!isObject(target)) return null;
  const { name, version } = target;
  return typeof name === "string" && typeof version === "string" ? { name, version } : null;
}

/** Converts a plan of an earlier format. Leaves anything else unchanged. */
export function upgraded(input: unknown): unknown {
  if (!isObject(input) || input["format"] !== oldFormat) return input;
  const { settings, operations, ...rest } = input;
  const keepsSiblings = isObject(settings) && settings["versions"] === "siblings";
  return {
    ...rest,
    format: "quorate-plan/2",
    target: onlyTarget,
    workload: keepsSiblings ? "siblings" : "register",
    settings,
    operations: Array.isArray(operations) ? operations.map(withLevels) : operations,
  };
}

function withLevels(operation: unknown): unknown {
  if (!isObject(operation)) return operation;
  const named = oldLevels.filter((name) => operation[name] !== undefined);
  if (named.length === 0) return operation;
  const levels = Object.fromEntries(named.map((name) => [name, operation[name]]));
  const rest = Object.entries(operation).filter(([name]) => !named.some((level) => level === name));
  return { ...Object.fromEntries(rest), levels };
}
