/**
 * Collects what belongs to an anomaly: its operations, their messages, the repair of its key, what each replica held,
 * and the overlapping faults.
 */
import type { Anomaly } from "../../checkers/index.ts";
import type { Exhibit } from "../campaign.ts";
import { clip } from "../markup.ts";
import { count } from "../report-messages.ts";
import { traceMessages } from "./messages.ts";
import { type Inspection, inspectionsOf, type Replicas, valuesOfVersions } from "./replicas.ts";
import type { Trace, TraceOperation } from "./trace-shape.ts";

export interface Witness {
  /** A part of the history's trace. Its times are relative to `originUs`, which is shortly before the anomaly. */
  readonly trace: Trace;
  readonly originUs: number;
  readonly key: string;
  readonly named: ReadonlySet<number>;
  readonly replicas: Replicas;
  /** For a run without evidence: what `inspectionsOf` returns. Its times are relative to `originUs` too. */
  readonly inspections?: readonly Inspection[];
  readonly omitted: readonly string[];
}

/** Other operations on the key are shown only if there are at most this many. */
const nearAtMost = 10;
/** Writes that ended before an anomaly's reads are shown only if there are at most this many. */
const missedAtMost = 6;
const messagesAtMost = 160;

/**
 * Collects what belongs to the anomaly. Undefined if the anomaly names no operation of the history. `whole` is the
 * trace of the whole history.
 */
export function witnessOf(
  exhibit: Exhibit,
  whole: Trace,
  held: ReadonlyMap<string, Replicas>,
  anomaly: Anomaly,
  historyOriginUs: number,
): Witness | undefined {
  const named = new Set(anomaly.operations);
  const told = whole.operations.filter(({ op }) => named.has(op));
  const key = anomaly.key ?? rawKeyOf(exhibit, told[0]?.op);
  if (told.length === 0 || key === undefined) return undefined;
  const witnesses = [...writesBefore(told, whole, clip(key)), ...told];
  const startUs = Math.min(...witnesses.map((each) => each.startUs));
  const stopUs = Math.max(
    ...witnesses.map((each) => each.endUs ?? each.startUs),
    ...(anomaly.atUs === undefined ? [] : [anomaly.atUs - historyOriginUs]),
  );
  const margin = Math.min(2_000, Math.max(50, (stopUs - startUs) * 0.02));
  const [originUs, endUs] = [Math.max(0, startUs - margin), stopUs + margin];
  const near = whole.operations.filter(
    (each) =>
      each.key === clip(key) && each.startUs < stopUs && (each.endUs ?? whole.endUs) >= originUs,
  );
  const operations =
    near.length <= nearAtMost
      ? [...new Set([...witnesses, ...near])].sort((a, b) => a.startUs - b.startUs)
      : witnesses;
  const filter = {
    operations: new Map(operations.map(({ op, client }) => [op, client])),
    keys: new Set([key]),
    fromUs: historyOriginUs + originUs,
    toUs: historyOriginUs + endUs,
    limit: 5_000,
    values: valuesOfVersions(exhibit.events),
  };
  const all = traceMessages(exhibit.events, filter, historyOriginUs).messages.filter(
    (message) =>
      message.from !== message.to &&
      message.sentUs <= endUs &&
      (message.receivedUs ?? message.sentUs) >= originUs,
  );
  const first = [
    ...all.filter(({ op }) => op !== undefined && named.has(op)),
    ...all.filter(({ op }) => op !== undefined && !named.has(op)),
    ...all.filter(({ op }) => op === undefined),
  ].slice(0, messagesAtMost);
  const shift = (us: number): number => us - originUs;
  const nodes = [...(held.get(key)?.keys() ?? [])];
  const inspections = inspectionsOf(exhibit.events, key, historyOriginUs + originUs);
  const shown = new Set(
    [...nodes, ...operations.map(({ node }) => node)].map((node) => clip(node, 60)),
  );
  /**
   * The senders and receivers of messages of the named operations, such as fallback nodes that keep hints, and of
   * messages that belong to no operation. These nodes and services get a lane too.
   */
  const ends = new Set(
    first
      .filter(({ op }) => op === undefined || named.has(op))
      .flatMap(({ from, to }) => [from, to]),
  );
  return {
    key,
    named,
    originUs,
    replicas: new Map(
      [...(held.get(key) ?? [])].map(([node, states]) => [
        node,
        states.map((state) => ({ ...state, fromUs: shift(state.fromUs) })),
      ]),
    ),
    ...(inspections !== undefined && { inspections }),
    trace: {
      fromUs: 0,
      endUs: endUs - originUs,
      clients: whole.clients.filter(
        (client) => ends.has(client) || operations.some((operation) => operation.client === client),
      ),
      nodes: whole.nodes
        .filter(({ name }) => shown.has(name) || ends.has(name))
        .map((node) => ({
          ...node,
          boots: node.boots.map((boot) => ({
            ...boot,
            fromUs: shift(boot.fromUs),
            toUs: shift(boot.toUs),
          })),
        })),
      operations: operations.map((operation) => shifted(operation, shift)),
      faults: whole.faults
        .filter(({ fromUs, toUs }) => fromUs <= endUs && toUs >= originUs)
        .map((fault) => ({
          ...fault,
          fromUs: shift(fault.fromUs),
          toUs: shift(fault.toUs),
          fullFromUs: shift(fault.fullFromUs),
          fullToUs: shift(fault.fullToUs),
        })),
      phases: whole.phases
        .filter(({ atUs }) => atUs >= originUs && atUs <= endUs)
        .map(({ atUs, name }) => ({ name, atUs: shift(atUs) })),
      messages: first.map((message) => ({
        ...message,
        sentUs: shift(message.sentUs),
        ...(message.receivedUs !== undefined && { receivedUs: shift(message.receivedUs) }),
      })),
      syncs: [],
      anomalies: [],
      ...shownRings(whole, clip(key), { originUs, endUs }),
    },
    omitted: [
      ...(operations.length < near.length
        ? [
            `${count(near.length - operations.length, "other operation on the key is", "other operations on the key are")} left out`,
          ]
        : []),
      ...(all.length > first.length
        ? [`${count(all.length - first.length, "more message is", "more messages are")} left out`]
        : []),
    ],
  };
}

/**
 * The writes on the key that ended before the anomaly's first read, since the reads may have missed them. Empty if the
 * anomaly names a write itself, or if there are too many writes.
 */
function writesBefore(
  told: readonly TraceOperation[],
  { operations }: Trace,
  key: string,
): readonly TraceOperation[] {
  if (told.some(({ f }) => f !== "read")) return [];
  const firstUs = Math.min(...told.map(({ startUs }) => startUs));
  const writes = operations.filter(
    (each) => each.f !== "read" && each.key === key && (each.endUs ?? Infinity) <= firstUs,
  );
  return writes.length <= missedAtMost ? writes : [];
}

const shifted = (operation: TraceOperation, shift: (us: number) => number): TraceOperation => ({
  ...operation,
  startUs: shift(operation.startUs),
  ...(operation.endUs !== undefined && { endUs: shift(operation.endUs) }),
});

/** The versions of the ring and the owners of the key during the anomaly. */
function shownRings(
  { rings, owners }: Trace,
  key: string,
  { originUs, endUs }: { readonly originUs: number; readonly endUs: number },
): Pick<Trace, "rings" | "owners"> {
  if (rings === undefined || owners === undefined) return {};
  const shifted = <Span extends { readonly fromUs: number; readonly toUs: number }>(
    span: Span,
  ): Span => ({ ...span, fromUs: span.fromUs - originUs, toUs: span.toUs - originUs });
  const overlaps = ({
    fromUs,
    toUs,
  }: {
    readonly fromUs: number;
    readonly toUs: number;
  }): boolean => fromUs <= endUs && toUs >= originUs;
  return {
    rings: rings
      .filter(overlaps)
      .map((ring) => ({ ...shifted(ring), everyUs: ring.everyUs - originUs })),
    owners: owners.filter((owner) => owner.key === key && overlaps(owner)).map(shifted),
  };
}

function rawKeyOf(exhibit: Exhibit, op: number | undefined): string | undefined {
  const invoke = exhibit.events.find((event) => event.e === "invoke" && event.op === op);
  return invoke?.e === "invoke" ? invoke.key : undefined;
}
