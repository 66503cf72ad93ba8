/** A plan as steps that a person can follow. */
import { clockText } from "./clock.ts";
import { momentText } from "./moment.ts";
import { directionText, isLinkFault, linkText } from "./links.ts";
import { clientName, keyName, nodeName, valueOf } from "./plan.ts";
import type { DiskDamage, Fault, Plan, PlannedFault, PlannedOperation } from "./plan.ts";
import { nominalStartsMs } from "./timeline.ts";

/** One sentence a step, operations and faults in the order in which they would begin if no operation took any time. */
export function readable(plan: Plan): string[] {
  const starts = nominalStartsMs(plan.operations);
  const steps = [
    ...plan.faults.map((fault) => ({ atMs: fault.atMs, text: faultStep(fault) })),
    ...plan.operations.map((operation, index) => ({
      atMs: starts[index] ?? 0,
      text: operationStep(operation, index),
    })),
  ];
  return steps.sort((a, b) => a.atMs - b.atMs).map((step) => step.text);
}

function operationStep(operation: PlannedOperation, index: number): string {
  const wait = operation.afterMs > 0 ? `, ${operation.afterMs} ms later,` : "";
  const named = (["r", "pr", "w", "pw", "dw"] as const).flatMap((name) =>
    operation[name] === undefined ? [] : [`${name.toUpperCase()}=${operation[name]}`],
  );
  const quorum = named.length === 0 ? "" : ` (${named.join(", ")})`;
  const context = operation.carry === true ? ", with the context of its last operation there" : "";
  return `${clientName(operation.client)}${wait} ${doing(operation, index)} through ${nodeName(operation.node)}${quorum}${context}`;
}

function doing(operation: PlannedOperation, index: number): string {
  const key = keyName(operation.key);
  switch (operation.f) {
    case "read":
      return `reads ${key}`;
    case "write":
      return `writes ${valueOf(index)} to ${key}`;
    case "delete":
      return `deletes ${key}`;
  }
}

function faultStep({ atMs, durationMs, fault, when }: PlannedFault): string {
  return `${when === undefined ? `at ${atMs} ms` : `from ${atMs} ms on, ${momentText(when)}`}: ${faultText(fault)} for ${durationMs} ms`;
}

export function diskText(damage: DiskDamage): string {
  switch (damage) {
    case "wipe":
      return "wipe its disk";
    case "tear":
      return "tear the last record of its log";
    case "flip":
      return "flip a byte of its log";
    case "truncate":
      return "cut off the end of its log";
    case "restore":
      return "put an older copy of its disk back";
  }
}

/** What a fault does, for a person. */
export function faultText(fault: Fault): string {
  if (fault.kind === "clock")
    return `the clock of ${fault.nodes.map(nodeName).join(", ")} ${clockText(fault.clock)},`;
  if (isLinkFault(fault)) return linkText(fault);
  if (fault.kind === "clients")
    return `drop the packets of clients ${directionText(fault.direction, fault.nodes)}`;
  if (fault.kind === "disk")
    return `kill ${fault.nodes.map(nodeName).join(", ")}, ${diskText(fault.damage)},`;
  if (fault.kind === "power") return `cut the power of ${fault.nodes.map(nodeName).join(", ")}`;
  if (fault.kind === "disk-full")
    return `leave no room on the disk of ${fault.nodes.map(nodeName).join(", ")}`;
  if (fault.kind === "slow-disk")
    return `slow down each fsync of ${fault.nodes.map(nodeName).join(", ")}`;
  if (fault.kind === "limit")
    return `limit ${fault.nodes.map(nodeName).join(", ")} to ${fault.processorPercent} % of a processor and ${fault.memoryMiB} MiB of memory`;
  if (fault.kind !== "partition") return `${fault.kind} ${fault.nodes.map(nodeName).join(", ")}`;
  const { partition } = fault;
  switch (partition.shape) {
    case "halves":
      return `part ${partition.side.map(nodeName).join(", ")} from the rest`;
    case "isolate":
      return `isolate ${nodeName(partition.node)}`;
    case "one-way":
      return `drop what ${nodeName(partition.from)} sends to ${nodeName(partition.to)}`;
    case "ring":
      return `leave each of the ring ${partition.order.map(nodeName).join(", ")} its nearest neighbours only`;
    case "bridge":
      return `part ${partition.side.map(nodeName).join(", ")} from the rest, but for ${nodeName(partition.node)}, which reaches both`;
    case "links":
      return `drop what ${partition.cuts.map(([from, to]) => `${nodeName(from)} sends to ${nodeName(to)}`).join(", ")}`;
  }
}
