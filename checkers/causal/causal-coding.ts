/** Turns a history into numbered sessions, from which the causal order is computed. */
import { type CodedSessions, type Graph, graphOf, initial, unknownWriter } from "./causal-order.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

export interface CausalCoding {
  readonly coded: CodedSessions;
  readonly graph: Graph;
  /** The operations, by their numbers in `coded`. */
  readonly operations: readonly Operation[];
  /**
   * The number of reads that returned a known write, the initial value, or thin air. Reads whose write is unknown do
   * not count.
   */
  readonly reads: number;
  /** The reads of values that nobody wrote, or whose write definitely failed. */
  readonly thinAir: readonly Operation[];
}

/**
 * Numbers the successful reads, the acknowledged writes, and the indeterminate writes that some read returned. A
 * session is one process of one client.
 */
export function codeSessions(model: Model): CausalCoding {
  const writerOf = new Map<Operation, Operation | "initial" | "unknown" | "thin air">();
  for (const read of model.operations)
    if (read.f === "read" && read.outcome === "ok") writerOf.set(read, sourceOf(model, read));
  const shown = new Set(writerOf.values());
  const operations = model.operations.filter((operation) =>
    operation.f === "read"
      ? writerOf.has(operation)
      : operation.outcome === "ok" || (operation.outcome === "info" && shown.has(operation)),
  );
  const number = new Map(operations.map((operation, i) => [operation, i]));
  const sessions = new Map<string, number>();
  const keys = new Map<string, number>();
  const lengths: number[] = [];
  const columns = {
    session: new Int32Array(operations.length),
    position: new Int32Array(operations.length),
    key: new Int32Array(operations.length),
    from: new Int32Array(operations.length),
  };
  for (const [i, operation] of operations.entries()) {
    const session = numberOf(sessions, sessionName(operation));
    columns.session[i] = session;
    columns.position[i] = lengths[session] ?? 0;
    lengths[session] = (lengths[session] ?? 0) + 1;
    columns.key[i] = numberOf(keys, operation.key);
    const source = operation.f === "read" ? writerOf.get(operation) : operation;
    columns.from[i] =
      source === "initial"
        ? initial
        : typeof source === "string" || source === undefined
          ? unknownWriter
          : (number.get(source) ?? unknownWriter);
  }
  const sources = [...writerOf];
  const coded = { sessions: sessions.size, ...columns };
  return {
    coded,
    graph: graphOf(coded),
    operations,
    reads: sources.filter(([, source]) => source !== "unknown").length,
    thinAir: sources.flatMap(([read, source]) => (source === "thin air" ? [read] : [])),
  };
}

export const sessionName = ({ process, client }: Operation): string => `${process} ${client}`;

function sourceOf(
  model: Model,
  { key, versions }: Operation,
): Operation | "initial" | "unknown" | "thin air" {
  const [shown] = versions;
  const writers = model.writers(key);
  // A read that found nothing may show the initial value, or a delete whose tombstone is gone.
  if (shown === undefined)
    return (model.keys.get(key) ?? []).some(
      ({ f, outcome }) => f === "delete" && outcome !== "fail",
    )
      ? "unknown"
      : "initial";
  const writer = writers.of(shown);
  if (writer === undefined)
    return shown.value === null && writers.anonymousDeletes.length > 0 ? "unknown" : "thin air";
  return writer.outcome === "fail" ? "thin air" : writer;
}

function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size;
  known.set(name, number);
  return number;
}
