/** Combines each invocation with its completion and the replicas that answered. */
import { clientName } from "./client-name.ts";
import type {
  FailEvent,
  HistoryEvent,
  InvokeEvent,
  OkEvent,
  ShownValue,
} from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import type { TraceOperation } from "./trace-shape.ts";

type Replies = TraceOperation["replies"];

export function traceOperations(
  events: readonly HistoryEvent[],
  originUs: number,
): readonly TraceOperation[] {
  const completions = new Map<number, OkEvent | FailEvent>();
  for (const event of events) {
    if (event.e === "ok" || event.e === "fail" || event.e === "info")
      completions.set(event.op, event);
  }
  const replies = repliesByOperation(events, originUs);
  return events
    .filter((event) => event.e === "invoke")
    .map((invoke) => joined(invoke, completions.get(invoke.op), replies.get(invoke.op), originUs))
    .sort((a, b) => a.startUs - b.startUs || a.op - b.op);
}

function joined(
  invoke: InvokeEvent,
  end: OkEvent | FailEvent | undefined,
  replies: Replies,
  originUs: number,
): TraceOperation {
  const asked = invoke.f === "read" ? invoke.r : invoke.w;
  return {
    op: invoke.op,
    client: clientName(clip(invoke.client, 60)),
    process: invoke.process,
    node: clip(invoke.node, 60),
    ...functionOf(invoke.f),
    key: clip(invoke.key),
    startUs: invoke.atUs - originUs,
    outcome: end?.e ?? "open",
    ...(end && { endUs: end.atUs - originUs }),
    ...(invoke.value !== undefined && { value: clip(invoke.value) }),
    ...(invoke.args !== undefined && { value: clip(JSON.stringify(invoke.args)) }),
    ...(asked !== undefined && { quorum: `${invoke.f === "read" ? "r" : "w"} ${asked}` }),
    ...(end?.e === "ok" && {
      versions: shownBy(end)
        .slice(0, 20)
        .map(({ version, value }) => ({
          version: clip(version ?? "none"),
          value: value === null ? null : clip(value),
        })),
    }),
    ...(end &&
      end.e !== "ok" && {
        code: clip(end.code),
        ...(end.message !== undefined && { message: clip(end.message) }),
      }),
    ...(invoke.contextOf !== undefined && { contextOf: invoke.contextOf }),
    ...(invoke.final && { final: true }),
    ...(replies && { replies }),
  };
}

const functionOf = (name: string): Pick<TraceOperation, "f" | "name"> =>
  name === "read" || name === "write" || name === "delete" ? { f: name } : { f: "write", name };

const shownBy = ({ versions, result }: OkEvent): readonly ShownValue[] =>
  versions ?? (result === undefined ? [] : [{ value: JSON.stringify(result) }]);

/**
 * The replies of replicas to each operation, at the time when they reached the coordinator. Only the first reply of
 * each replica is shown.
 */
function repliesByOperation(
  events: readonly HistoryEvent[],
  originUs: number,
): ReadonlyMap<number, NonNullable<Replies>> {
  const found = new Map<number, { readonly node: string; readonly atUs: number }[]>();
  for (const event of events) {
    if (
      event.e !== "received" ||
      (event.frame !== "replica-write-ok" && event.frame !== "replica-read-ok")
    )
      continue;
    if (event.trace === undefined) continue;
    const list = found.get(event.trace) ?? [];
    if (list.some((reply) => reply.node === event.peer)) continue;
    list.push({ node: clip(event.peer, 60), atUs: event.atUs - originUs });
    found.set(event.trace, list);
  }
  return found;
}
