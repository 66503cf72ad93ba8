/**
 * The causal chain of an anomaly in order of time: the anomaly's operations, what each replica did for them, and the
 * faults during this time.
 */
import { clientAsSubject } from "./client-name.ts";
import type { Anomaly, HistoryEvent } from "../../checkers/index.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip } from "../markup.ts";
import { duration } from "../report-messages.ts";
import type { Held } from "./replicas.ts";
import type { TraceFault, TraceOperation } from "./trace-shape.ts";

/** One event in the causal chain of an anomaly, such as an operation, a restart or a fault. */
export interface Link {
  readonly atUs: number;
  readonly text: string;
  readonly op?: number;
}

const operationsAtMost = 8;
const faultsAtMost = 6;

export function causalChain(view: ExhibitView, anomaly: Anomaly): readonly Link[] {
  const named = view.trace.operations
    .filter(({ op }) => anomaly.operations.includes(op))
    .slice(0, operationsAtMost);
  const [first] = named;
  if (first === undefined) return [];
  const key = anomaly.key ?? rawKeyOf(view, first.op);
  const replicas = view.held.get(key) ?? new Map<string, readonly Held[]>();
  const untilUs = Math.max(
    ...named.map(({ endUs, startUs }) => endUs ?? startUs),
    anomaly.atUs ?? 0,
  );
  const nodes = new Set([...replicas.keys(), ...named.map(({ node }) => node)]);
  const faults = view.trace.faults
    .filter(
      (fault) =>
        fault.fromUs <= untilUs &&
        fault.toUs >= first.startUs &&
        (nodes.size === 0 || fault.nodes.some((node) => nodes.has(node))),
    )
    .slice(0, faultsAtMost);
  return [
    ...named.map((operation) => ({
      atUs: operation.startUs,
      op: operation.op,
      text:
        operation.f === "read"
          ? readLink(view, operation)
          : writeLink(operation, replicas, view.values),
    })),
    ...restarts(view, nodes, first.startUs, untilUs),
    ...faults.map((fault) => ({ atUs: fault.fromUs, text: faultLink(fault, view.trace.endUs) })),
  ].sort((a, b) => a.atUs - b.atUs);
}

/**
 * Restarts of nodes from `fromUs` to `untilUs`. A restart at most 50 ms after another node's restart joins that
 * restart's link.
 */
function restarts(
  { trace }: ExhibitView,
  nodes: ReadonlySet<string>,
  fromUs: number,
  untilUs: number,
): readonly Link[] {
  const starts = trace.nodes
    .filter(({ name }) => nodes.has(name))
    .flatMap(({ name, boots }) =>
      boots
        .filter((boot) => boot.boot > 1 && boot.fromUs >= fromUs && boot.fromUs <= untilUs)
        .map((boot) => ({ name, atUs: boot.fromUs })),
    )
    .sort((a, b) => a.atUs - b.atUs);
  const groups: { readonly atUs: number; lastUs: number; readonly names: string[] }[] = [];
  for (const { name, atUs } of starts) {
    const last = groups.at(-1);
    if (last !== undefined && atUs - last.lastUs <= 50_000 && !last.names.includes(name)) {
      last.lastUs = atUs;
      last.names.push(name);
    } else groups.push({ atUs, lastUs: atUs, names: [name] });
  }
  return groups.map(({ atUs, names }) => ({
    atUs,
    text: `${and(names.sort())} started again, with what ${names.length === 1 ? "its log" : "their logs"} held.`,
  }));
}

function writeLink(
  write: TraceOperation,
  replicas: ReadonlyMap<string, readonly Held[]>,
  values: ReadonlyMap<string, string>,
): string {
  const who = clientAsSubject(write.client);
  const what =
    write.f === "delete"
      ? `${who} deleted ${write.key}`
      : write.name === undefined
        ? `${who} wrote ${clip(write.value ?? "", 60)} to ${write.key}`
        : `${who} did ${write.name} on ${write.key}`;
  const outcome =
    write.outcome === "ok"
      ? `The acknowledgement came at ${at(write.endUs ?? write.startUs)}.`
      : write.outcome === "fail"
        ? `The operation failed at ${at(write.endUs ?? write.startUs)} (${write.code ?? "no code"}).`
        : "The client got no answer.";
  return `${what} through ${write.node}. ${outcome}${spread(write, replicas, values)}`;
}

/** Says when each replica had the write on disk. Empty if the evidence does not show it. */
function spread(
  write: TraceOperation,
  replicas: ReadonlyMap<string, readonly Held[]>,
  values: ReadonlyMap<string, string>,
): string {
  const version =
    write.versions?.[0]?.version ??
    [...values].find(([, value]) => write.value !== undefined && value === write.value)?.[0];
  if (version === undefined || [...replicas.values()].every((held) => held.length === 0)) return "";
  const arrivals = [...replicas].map(([node, held]) => ({
    node,
    state: held.find(({ versions }) => versions.includes(version)),
  }));
  const endUs = write.endUs ?? Infinity;
  const early = arrivals.filter(({ state }) => state !== undefined && state.fromUs <= endUs);
  const late = arrivals.filter(({ state }) => state !== undefined && state.fromUs > endUs);
  const never = arrivals.filter(({ state }) => state === undefined);
  const names = (list: typeof arrivals): string => and(list.map(({ node }) => clip(node, 60)));
  return [
    early.length > 0
      ? ` By then ${names(early)} had the write on disk.`
      : " By then no replica had the write on disk.",
    ...late.map(
      ({ node, state }) =>
        ` ${clip(node, 60)} had the write at ${at(state?.fromUs ?? 0)}${state?.cause === undefined || state.cause === "write" ? "" : `, by ${state.cause}`}.`,
    ),
    never.length > 0 ? ` ${names(never)} never had the write.` : "",
  ].join("");
}

function readLink(view: ExhibitView, read: TraceOperation): string {
  const found = (read.versions ?? []).map(({ value }) => value ?? "a deletion");
  const got =
    read.outcome === "ok"
      ? found.length === 0
        ? "got nothing"
        : `got ${clip(and(found), 120)}`
      : read.outcome === "fail"
        ? `failed (${read.code ?? "no code"})`
        : "got no answer";
  return `${clientAsSubject(read.client)} read ${read.key} through ${read.node} and ${got}.${answers(view, read)}`;
}

/** What each replica answered to a read, in the order of arrival. */
function answers({ exhibit, values, originUs }: ExhibitView, read: TraceOperation): string {
  const seen = new Set<string>();
  const told = exhibit.events.flatMap((event: HistoryEvent) => {
    if (event.e !== "received" || event.frame !== "replica-read-ok" || event.trace !== read.op)
      return [];
    if (seen.has(event.peer)) return [];
    seen.add(event.peer);
    const held = event.versions.map((version) => values.get(version) ?? version);
    const late = read.endUs !== undefined && event.atUs - originUs > read.endUs;
    return [
      `${clip(event.peer, 60)} with ${held.length === 0 ? "nothing" : clip(and(held), 80)}${late ? ", too late" : ""}`,
    ];
  });
  if (told.length === 0) return "";
  return ` ${told.length === 1 ? "One replica" : `${told.length} replicas`} answered, in this order: ${told.join("; ")}.`;
}

const faultLink = ({ label, fromUs, toUs }: TraceFault, endUs: number): string =>
  `Fault: ${label}, ${toUs >= endUs ? "until the end" : `until ${at(toUs)}, for ${duration(Math.round((toUs - fromUs) / 100) / 10)}`}.`;

/** Formats a time of the history's clock. */
const at = (us: number): string => duration(Math.round(us / 100) / 10);

const and = (names: readonly string[]): string =>
  names.length < 2
    ? (names[0] ?? "")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

function rawKeyOf({ exhibit }: ExhibitView, op: number): string {
  const invoke = exhibit.events.find((event) => event.e === "invoke" && event.op === op);
  return invoke?.e === "invoke" ? invoke.key : "";
}
