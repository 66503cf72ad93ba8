/** Describes a plan as steps that a person can follow. */
import { builtInKinds, type Kinds, kindOf, workloadOf } from "./kinds.ts";
import type { Language } from "./options.ts";
import { clientName, keyName, nodeNamer } from "./plan.ts";
import type { Fault, NodeNamer, Plan, PlannedFault, PlannedOperation } from "./plan.ts";
import { nominalStartsMs } from "./timeline.ts";
import { triggerText } from "./trigger.ts";

/**
 * Describes a plan in one sentence for each step, in the order in which steps would begin if no operation took any
 * time. If the plan says which nodes the final phase starts, that is the last sentence.
 *
 * @param plan A plan of the language's target.
 * @param language The target, and the kinds of fault and workloads unless they are the built-in ones.
 * @param outcomes How each operation ended, by the operation's number. This text ends the operation's step.
 */
export function readable(
  plan: Plan,
  { target, kinds = builtInKinds }: Language,
  outcomes: ReadonlyMap<number, string> = new Map(),
): string[] {
  const starts = nominalStartsMs(plan.operations);
  const nameOf = nodeNamer(target.facts(plan.settings));
  const steps = [
    ...plan.faults.map((fault) => ({ atMs: fault.atMs, text: faultStep(fault, kinds, nameOf) })),
    ...plan.operations.map((operation, index) => ({
      atMs: starts[index] ?? 0,
      text: `${operationStep(plan, operation, index, { target, kinds, nameOf })}${outcomes.has(index) ? ` → ${outcomes.get(index)}` : ""}`,
    })),
  ];
  return [
    ...steps.sort((a, b) => a.atMs - b.atMs).map((step) => step.text),
    ...(plan.restart === undefined
      ? []
      : [`final phase: ${plan.restart ? "restart all nodes" : "start only dead nodes"}`]),
  ];
}

function operationStep(
  plan: Plan,
  operation: PlannedOperation,
  index: number,
  { target, kinds, nameOf }: Required<Language> & { readonly nameOf: NodeNamer },
): string {
  const wait = operation.afterMs > 0 ? `, ${operation.afterMs} ms later,` : "";
  const named = { ...operation, keyName: keyName(operation.key, plan) };
  const doing =
    workloadOf(kinds, plan.workload).operations[operation.f]?.say(named, index) ?? operation.f;
  const levels =
    operation.levels === undefined || target.levels === undefined
      ? ""
      : ` (${target.levels.say(operation.levels)})`;
  const context =
    operation.carry === true ? ", with the context of the client's last operation on the key" : "";
  return `${clientName(operation.client)}${wait} ${doing} through ${nameOf(operation.node)}${levels}${context}`;
}

function faultStep(
  { atMs, durationMs, fault, when }: PlannedFault,
  kinds: Kinds,
  nameOf: NodeNamer,
): string {
  return `${when === undefined ? `at ${atMs} ms` : `from ${atMs} ms on, ${triggerText(when, nameOf)}`}: ${faultText(fault, kinds, nameOf)} for ${durationMs} ms`;
}

/** Describes a fault for a person. */
export const faultText = (fault: Fault, kinds: Kinds, nameOf: NodeNamer): string =>
  kindOf(kinds, fault).say(fault, nameOf);
