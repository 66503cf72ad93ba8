/**
 * The causal chain of an anomaly in order of time: the anomaly's operations, what each replica did for them, what
 * repairs and drops changed between them, what the network did to messages, restarts, and the faults during this time.
 */
import { clientAsSubject } from "./client-name.ts";
import type { Anomaly, HistoryEvent } from "../../checkers/index.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { allOf } from "../report-messages.ts";
import type { Link } from "./chain-link.ts";
import { heldLinks } from "./held-links.ts";
import { networkLinks } from "./network-links.ts";
import type { Held, Replicas } from "./replicas.ts";
import { confirmedAt } from "./trace-faults.ts";
import { receivedUs, type Seen, whyNoAnswer, whyNotStored } from "./unreached.ts";
import type { TraceFault, TraceOperation } from "./trace-shape.ts";

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
  const during = { fromUs: first.startUs, untilUs };
  return [
    ...restarts(view, nodes, first.startUs, untilUs),
    ...heldLinks(view, key, replicas, during),
    ...networkLinks(view, during),
    ...faults.map((fault) => ({ atUs: fault.fromUs, text: faultLink(fault, view.trace.endUs) })),
    ...named.map((operation) => ({
      atUs: operation.startUs,
      op: operation.op,
      text:
        operation.f === "read"
          ? readLink(view, operation, replicas)
          : writeLink(view, operation, replicas),
    })),
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
    text: `${allOf(names.sort())} restarted with the data in ${names.length === 1 ? "its log" : "their logs"}.`,
  }));
}

function writeLink(view: ExhibitView, write: TraceOperation, replicas: Replicas): string {
  const who = clientAsSubject(write.client);
  const what =
    write.f === "delete"
      ? `${who} deleted ${write.key}`
      : write.name === undefined
        ? `${who} wrote ${clip(write.value ?? "", 60)} to ${write.key}`
        : `${who} did ${write.name} on ${write.key}`;
  const outcome =
    write.outcome === "ok"
      ? `The acknowledgement came at ${milliseconds(write.endUs ?? write.startUs)}.`
      : write.outcome === "fail"
        ? `The operation failed at ${milliseconds(write.endUs ?? write.startUs)} (${write.code ?? "no code"}).`
        : "The client got no answer.";
  return `${what} through ${write.node}. ${outcome}${spread(view, write, replicas)}`;
}

/**
 * Says when each replica had the write on disk, and why the write itself did not reach the others. Empty if the
 * evidence does not show it.
 */
function spread(view: ExhibitView, write: TraceOperation, replicas: Replicas): string {
  const version =
    write.versions?.[0]?.version ??
    [...view.values].find(([, value]) => write.value !== undefined && value === write.value)?.[0];
  if (version === undefined || [...replicas.values()].every((held) => held.length === 0)) return "";
  const arrivals = [...replicas].map(([node, held]) => ({
    node,
    state: held.find(({ versions }) => versions.includes(version)),
  }));
  const endUs = write.endUs ?? Infinity;
  const by = write.endUs === undefined ? "the end of the history" : milliseconds(write.endUs);
  const early = arrivals.filter(({ state }) => state !== undefined && state.fromUs <= endUs);
  const late = arrivals.filter(({ state }) => state !== undefined && state.fromUs > endUs);
  const never = arrivals.filter(({ state }) => state === undefined);
  const seen = seenOf(view, replicas);
  const why = (node: string): string => whyNotStored(seen, write, node);
  const names = (list: typeof arrivals): string => allOf(list.map(({ node }) => clip(node, 60)));
  return [
    early.length > 0
      ? ` By ${by}, ${names(early)} had the write on disk.`
      : ` By ${by}, no replica had the write on disk.`,
    ...late.map(({ node, state }) => {
      const at = milliseconds(state?.fromUs ?? 0);
      const had = ` ${clip(node, 60)} had the write on disk only at ${at}`;
      if (state?.cause !== undefined && state.cause !== "write")
        return `${had}, by ${state.cause}. ${clip(node, 60)} did not have the write before: ${why(node)}.`;
      const received = receivedUs(seen, write, node);
      return received === undefined
        ? `${had}.`
        : ` ${clip(node, 60)} received the write at ${milliseconds(received)} and synced it only at ${at}.`;
    }),
    ...together(never.map(({ node }) => [clip(node, 60), why(node)] as const)).map(
      ([nodes, reason]) => ` ${allOf(nodes)} never had the write on disk: ${reason}.`,
    ),
  ].join("");
}

/** Groups the nodes of which the same is said. */
function together(
  said: readonly (readonly [node: string, what: string])[],
): readonly (readonly [nodes: readonly string[], what: string])[] {
  const nodes = new Map<string, string[]>();
  for (const [node, what] of said) nodes.set(what, [...(nodes.get(what) ?? []), node]);
  return [...nodes].map(([what, of]) => [of, what]);
}

const seenOf = (
  { exhibit: { events }, trace, originUs, values }: ExhibitView,
  replicas: Replicas,
): Seen => ({ events, trace, originUs, values, replicas });

function readLink(view: ExhibitView, read: TraceOperation, replicas: Replicas): string {
  const found = (read.versions ?? []).map(({ value }) => value ?? "a deletion");
  const got =
    read.outcome === "ok"
      ? found.length === 0
        ? "got nothing"
        : `got ${clip(allOf(found), 120)}`
      : read.outcome === "fail"
        ? `failed (${read.code ?? "no code"})`
        : "got no answer";
  return `${clientAsSubject(read.client)} read ${read.key} through ${read.node} and ${got}.${answers(view, read, replicas)}`;
}

/** What each replica answered to a read, in the order of arrival. */
function answers(view: ExhibitView, read: TraceOperation, replicas: Replicas): string {
  const { exhibit, values, originUs } = view;
  const seen = new Set<string>();
  const told = exhibit.events.flatMap((event: HistoryEvent) => {
    if (event.e !== "received" || event.frame !== "replica-read-ok" || event.trace !== read.op)
      return [];
    if (seen.has(event.peer)) return [];
    seen.add(event.peer);
    const held = event.versions.map((version) => values.get(version) ?? version);
    const late = read.endUs !== undefined && event.atUs - originUs > read.endUs;
    return [
      `${clip(event.peer, 60)} with ${held.length === 0 ? "nothing" : clip(allOf(held), 80)}${late ? ", too late" : ""}`,
    ];
  });
  const silent = [...replicas.keys()]
    .filter((node) => !seen.has(node))
    .flatMap((node) => whyNoAnswer(seenOf(view, replicas), read, node) ?? []);
  const rest = silent.map((text) => ` ${text}.`).join("");
  return told.length === 0
    ? `${rest}${askedNobody(view, read)}`
    : ` ${told.length === 1 ? "One replica answered" : `${told.length} replicas answered, in this order`}: ${told.join("; ")}.${rest}`;
}

/**
 * Says that the node answered the read alone. Empty unless the history shows messages that the node sent during the
 * read, and none of them went to another node.
 */
function askedNobody({ exhibit: { events }, originUs }: ExhibitView, read: TraceOperation): string {
  const run = events.find((event) => event.e === "run");
  const nodes = new Set(run?.nodes);
  const own = events.filter(
    (event) =>
      event.e === "sent" &&
      event.frame === "message" &&
      event.node === read.node &&
      event.atUs - originUs >= read.startUs &&
      event.atUs - originUs <= (read.endUs ?? Infinity),
  );
  const [first] = own;
  if (first === undefined || own.some((event) => "peer" in event && nodes.has(event.peer)))
    return "";
  return ` ${clip(read.node, 60)} sent no message to another node during this read, so this node could answer only from what it had itself.`;
}

function faultLink(fault: TraceFault, endUs: number): string {
  const { label, fromUs, toUs } = fault;
  const until =
    toUs >= endUs
      ? "until the end"
      : `until ${milliseconds(toUs)}, for ${milliseconds(toUs - fromUs)}`;
  const since = confirmedAt(fault);
  return `Fault: ${label}, ${until}${since === undefined ? "" : `; certainly in force from ${since} on`}.`;
}

function rawKeyOf({ exhibit }: ExhibitView, op: number): string {
  const invoke = exhibit.events.find((event) => event.e === "invoke" && event.op === op);
  return invoke?.e === "invoke" ? invoke.key : "";
}
