/** A history as a list of steps that a person can read from top to bottom. */
import { clientAsSubject } from "./trace/client-name.ts";
import type { Exhibit } from "./campaign.ts";
import { clip } from "./markup.ts";
import { confirmedAt, faultLabel, traceFaults } from "./trace/trace-faults.ts";
import { traceOperations } from "./trace/operations.ts";
import type { TraceOperation } from "./trace/trace-shape.ts";
import { milliseconds } from "./page/format.ts";

export interface Step {
  readonly atUs: number;
  readonly text: string;
  /** The number of the operation that the step describes. Absent: the step describes a fault. */
  readonly op?: number;
  /** True: the step is an operation of the final phase. */
  readonly final?: true;
}

/**
 * The steps of a history, sorted by time. Each operation is one step, at its start and with its result. Each beginning
 * and each end of a fault is a step too, and so is a fault that was left out.
 */
export function stepsOf(exhibit: Exhibit): readonly Step[] {
  const { events } = exhibit;
  const begun = traceFaults(events, 0, Infinity).flatMap((fault): Step[] => {
    const { label, fromUs, toUs } = fault;
    const since = confirmedAt(fault);
    return [
      {
        atUs: fromUs,
        text: `${label}: begins${since === undefined ? "" : `, certainly in force from ${since} on`}`,
      },
      ...(toUs === Infinity ? [] : [{ atUs: toUs, text: `${label}: ends` }]),
    ];
  });
  const skipped = events.flatMap((event): Step[] =>
    event.e === "fault" && event.phase === "skipped"
      ? [
          {
            atUs: event.atUs,
            text: `${faultLabel(event)}: left out, because this fault could not be made`,
          },
        ]
      : [],
  );
  const operations = traceOperations(events, 0).map((operation) => ({
    atUs: operation.startUs,
    text: sentence(operation),
    op: operation.op,
    ...(operation.final && { final: true as const }),
  }));
  return [...begun, ...skipped, ...operations].sort((a, b) => a.atUs - b.atUs);
}

/** The time of a step by the history's clock, as in the checkers' sentences. */
export const stepTime = ({ atUs }: Step): string => milliseconds(atUs);

function sentence(operation: TraceOperation): string {
  const { client, node, key, quorum } = operation;
  const asked = quorum === undefined ? "" : ` (${quorum})`;
  const context =
    operation.contextOf === undefined ? "" : `, with the context of #${operation.contextOf}`;
  const who = clientAsSubject(client);
  const value = clip(operation.value ?? "", 60);
  const verb = {
    read: `reads ${key}`,
    // Operations of other workloads are drawn as writes, but the sentence has their own names.
    write:
      operation.name === undefined
        ? `writes ${value} to ${key}`
        : `${operation.name} ${key} ${value}`,
    delete: `deletes ${key}`,
  }[operation.f];
  return `${who} ${verb} through ${node}${asked}${context}: ${result(operation)}`;
}

function result(operation: TraceOperation): string {
  switch (operation.outcome) {
    case "ok":
      return operation.f === "read" || (operation.name !== undefined && hasResult(operation))
        ? found(operation)
        : "acknowledged";
    case "fail":
      return `fails (${operation.code ?? "no code"})`;
    case "info":
      return `no answer, so nobody knows whether it took effect (${operation.code ?? "no code"})`;
    case "open":
      return "still open when the history ends";
  }
}

const hasResult = ({ versions = [] }: TraceOperation): boolean => versions.length > 0;

function found({ versions = [] }: TraceOperation): string {
  if (versions.length === 0) return "finds nothing";
  return `gets ${versions.map(({ value }) => (value === null ? "a deletion" : clip(value, 60))).join(" and ")}`;
}
