/** A history as a list of steps that a person can read from top to bottom. */
import type { Exhibit } from "./campaign.ts";
import { clip } from "./markup.ts";
import { faultLabel } from "./trace/trace-faults.ts";
import { traceOperations } from "./trace/operations.ts";
import type { TraceOperation } from "./trace/trace-shape.ts";
import { duration } from "./report-messages.ts";

export interface Step {
  readonly atUs: number;
  readonly text: string;
  /** The operation that it tells of, if it does. */
  readonly op?: number;
}

/** Every operation with what came of it and every fault, in the order in which they began; times from the first operation. */
export function stepsOf(exhibit: Exhibit): readonly Step[] {
  const { events } = exhibit;
  const first = events.find((event) => event.e === "invoke");
  const originUs = first?.e === "invoke" ? first.atUs : 0;
  const faults = events.flatMap((event): Step[] => {
    if (event.e !== "fault") return [];
    if (event.phase === "injected")
      return [{ atUs: event.atUs - originUs, text: `fault: ${faultLabel(event)}` }];
    if (event.phase === "healed")
      return [{ atUs: event.atUs - originUs, text: `healed: ${faultLabel(event)}` }];
    if (event.phase === "skipped")
      return [{ atUs: event.atUs - originUs, text: `skipped: ${faultLabel(event)}` }];
    return [];
  });
  const operations = traceOperations(events, originUs).map((operation) => ({
    atUs: operation.startUs,
    text: sentence(operation),
    op: operation.op,
  }));
  return [...faults, ...operations].sort((a, b) => a.atUs - b.atUs);
}

export const stepTime = ({ atUs }: Step): string =>
  `${atUs < 0 ? "−" : "+"}${duration(Math.abs(Math.round(atUs / 10) / 100))}`;

function sentence(operation: TraceOperation): string {
  const { client, node, key, quorum } = operation;
  const asked = quorum === undefined ? "" : ` (${quorum})`;
  const context =
    operation.contextOf === undefined ? "" : `, with the context of #${operation.contextOf}`;
  const last = operation.final ? ", at the end" : "";
  const verb = {
    read: `reads ${key}`,
    write: `writes ${clip(operation.value ?? "", 60)} to ${key}`,
    delete: `deletes ${key}`,
  }[operation.f];
  return `${client} ${verb} through ${node}${asked}${context}${last}: ${result(operation)}`;
}

function result(operation: TraceOperation): string {
  switch (operation.outcome) {
    case "ok":
      return operation.f === "read" ? found(operation) : "ok";
    case "fail":
      return `failed (${operation.code ?? "no code"})`;
    case "info":
      return `indeterminate (${operation.code ?? "no code"})`;
    case "open":
      return "no completion";
  }
}

function found({ versions = [] }: TraceOperation): string {
  if (versions.length === 0) return "not found";
  return versions.map(({ value }) => (value === null ? "deleted" : clip(value, 60))).join(" | ");
}
