/** Makes a timeline's data from an exhibit, and says what the timeline leaves out. */
import type { Anomaly, HistoryEvent } from "../../checkers/index.ts";
import type { Exhibit } from "../campaign.ts";
import { clip } from "../markup.ts";
import { traceFaults } from "./trace-faults.ts";
import { servicesIn, traceMessages } from "./messages.ts";
import { traceNodes } from "./nodes.ts";
import { valuesOfVersions } from "./replicas.ts";
import { traceRings } from "./rings.ts";
import { traceOperations } from "./operations.ts";
import type { Trace, TraceAnomaly } from "./trace-shape.ts";

/**
 * If a history has at most about this many messages, those of all its operations and the repair of their keys are
 * drawn. Of a larger history, only the messages that its anomalies need are drawn.
 */
const messageLimit = 3_000;
const syncLimit = 2_000;

export interface BuiltTrace {
  readonly trace: Trace;
  /**
   * The time of the history that is 0 in the trace. It is always 0, so that the page and the checkers' sentences show
   * the same times.
   */
  readonly originUs: number;
  /** A sentence for each part that the timeline does not show. */
  readonly omitted: readonly string[];
}

export function buildTrace(exhibit: Exhibit): BuiltTrace {
  const { events } = exhibit;
  // The trace has the history's times, as the checkers' sentences do.
  const originUs = 0;
  const fromUs = firstUs(events);
  const endUs = Math.max(fromUs + 1, lastUs(events));
  const operations = traceOperations(events, originUs);
  const anomalies = traceAnomalies(exhibit, originUs);
  const faults = traceFaults(events, originUs, endUs);
  const frames = events.filter((event) => event.e === "sent" || event.e === "received").length;
  // Most messages have one event for the sending and one for the arrival.
  const whole = frames <= 2 * messageLimit;
  const named = new Set(
    whole ? operations.map(({ op }) => op) : anomalies.flatMap((anomaly) => anomaly.operations),
  );
  const shown = operations.filter(({ op }) => named.has(op));
  const keys = new Set(shown.map(({ key }) => key));
  const { messages, omitted: messagesOmitted } = traceMessages(
    events,
    {
      operations: new Map(shown.map(({ op, client }) => [op, client])),
      keys,
      ...spanOf(shown, originUs, endUs),
      limit: messageLimit,
      values: valuesOfVersions(events),
    },
    originUs,
  );
  const syncs = traceSyncs(events, keys, originUs);
  const run = events.find((event) => event.e === "run");
  return {
    originUs,
    trace: {
      fromUs,
      endUs,
      clients: [
        ...[...new Set(operations.map(({ client }) => client))].sort(byNumber),
        ...servicesIn(events, run?.nodes ?? []),
      ],
      nodes: traceNodes(events, run?.nodes ?? nodesSeen(events), faults, { fromUs, endUs }),
      operations,
      faults,
      phases: events
        .filter((event) => event.e === "phase")
        .map(({ atUs, phase }) => ({ atUs: atUs - originUs, name: phase })),
      messages,
      syncs: syncs.slice(0, syncLimit),
      anomalies,
      ...traceRings(events, run, { originUs, fromUs, endUs }),
    },
    omitted: [
      ...(run?.capabilities.evidence === false
        ? ["The run recorded no evidence of the nodes, so neither messages nor boots are known."]
        : []),
      ...(!whole && frames > 0
        ? [
            `Of ${frames.toLocaleString("en")} recorded sends and arrivals of messages, the timeline draws only those of operations that an anomaly names, and those that repair these operations’ keys; history.jsonl has all of them.`,
          ]
        : []),
      ...(messagesOmitted > 0
        ? [
            `${messagesOmitted.toLocaleString("en")} messages are left out: at most ${messageLimit.toLocaleString("en")} are drawn, those of operations first.`,
          ]
        : []),
      ...(syncs.length > syncLimit
        ? [
            `${(syncs.length - syncLimit).toLocaleString("en")} syncs beyond the first ${syncLimit.toLocaleString("en")} are left out.`,
          ]
        : []),
    ],
  };
}

/** The time span from the start of the first of these operations to the end of the last. */
function spanOf(
  operations: Trace["operations"],
  originUs: number,
  endUs: number,
): { readonly fromUs: number; readonly toUs: number } {
  return {
    fromUs: originUs + Math.min(endUs, ...operations.map(({ startUs }) => startUs)),
    toUs: originUs + Math.max(0, ...operations.map(({ endUs: to }) => to ?? endUs)),
  };
}

function traceAnomalies(exhibit: Exhibit, originUs: number): readonly TraceAnomaly[] {
  return anomaliesOf(exhibit).map(({ anomaly, promised }) => ({
    guarantee: anomaly.guarantee,
    promised,
    explanation: clip(anomaly.explanation, 1_000),
    operations: anomaly.operations,
    ...(anomaly.atUs !== undefined && { atUs: anomaly.atUs - originUs }),
  }));
}

/**
 * All anomalies of the history. Anomalies of promised guarantees come first. Within each group they are sorted by time.
 */
export function anomaliesOf(
  exhibit: Exhibit,
): readonly { readonly anomaly: Anomaly; readonly promised: boolean }[] {
  return Object.values(exhibit.verdict.guarantees)
    .flatMap((guarantee) =>
      guarantee.anomalies.map((anomaly) => ({ anomaly, promised: guarantee.promised })),
    )
    .sort(
      (a, b) =>
        Number(b.promised) - Number(a.promised) ||
        (a.anomaly.atUs ?? Infinity) - (b.anomaly.atUs ?? Infinity) ||
        0,
    );
}

function traceSyncs(
  events: readonly HistoryEvent[],
  keys: ReadonlySet<string>,
  originUs: number,
): Trace["syncs"] {
  return events.flatMap((event) => {
    if (event.e !== "sync") return [];
    const shown = event.records.filter((record) => keys.has(clip(record.key)));
    const what = shown
      .map((record) => `${clip(record.key, 60)} at ${clip(record.versions.join(", "), 80)}`)
      .join("; ");
    return shown.length === 0
      ? []
      : [{ node: clip(event.node, 60), atUs: event.atUs - originUs, what: clip(what) }];
  });
}

const timed = (event: HistoryEvent): number | undefined =>
  "atUs" in event ? event.atUs : undefined;

function firstUs(events: readonly HistoryEvent[]): number {
  const least = events.reduce((least, event) => Math.min(least, timed(event) ?? least), Infinity);
  return least === Infinity ? 0 : least;
}

function lastUs(events: readonly HistoryEvent[]): number {
  return events.reduce((most, event) => Math.max(most, timed(event) ?? most), 0);
}

/** The nodes that events name, for a history without a `run` event. */
function nodesSeen(events: readonly HistoryEvent[]): readonly string[] {
  return [
    ...new Set(
      events.flatMap((event) =>
        "node" in event ? [event.node] : "nodes" in event ? event.nodes : [],
      ),
    ),
  ].sort(byNumber);
}

/** Compares names so that c2 comes before c10. */
const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });
