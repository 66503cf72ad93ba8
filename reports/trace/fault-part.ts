/** Says which part the faults had in a failure: when they were in force, and what shrinking shows. */
import type { Anomaly } from "../../checkers/index.ts";
import type { Campaign } from "../campaign.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { milliseconds } from "../page/format.ts";
import { allOf, count, triedAllSmaller } from "../report-messages.ts";
import { faultTimes } from "./trace-faults.ts";
import type { Trace, TraceFault, TraceOperation } from "./trace-shape.ts";

export interface FaultPart {
  /** A sentence for each fault of the history: when it was in force, and what it touched. At most six. */
  readonly faults: readonly string[];
  /** Whether the failure needs the faults and the restart, as far as anybody knows. */
  readonly conclusion: readonly string[];
}

const faultsAtMost = 6;

/** `shrunk` says how the history was shrunk. Undefined: it was not. */
export function faultPart(
  view: ExhibitView,
  anomaly: Anomaly,
  shrunk: Campaign["shrunk"],
): FaultPart {
  const { trace } = view;
  const named = trace.operations.filter(({ op }) => anomaly.operations.includes(op));
  const faults = trace.faults
    .slice(0, faultsAtMost)
    .map((fault) => faultSentence(view, fault, anomaly, named));
  const more = trace.faults.length - faults.length;
  return {
    faults: [
      ...faults,
      ...(more > 0
        ? [`And ${count(more, "more fault")}, which the steps and the timeline show.`]
        : []),
    ],
    conclusion: [...needed(view, shrunk), ...restarted(view, anomaly, shrunk)],
  };
}

function faultSentence(
  { trace, held }: ExhibitView,
  fault: TraceFault,
  anomaly: Anomaly,
  named: readonly TraceOperation[],
): string {
  const { label, nodes } = fault;
  const key = anomaly.key ?? named[0]?.key;
  const replicas = [...((key === undefined ? undefined : held.get(key))?.keys() ?? [])];
  const touched = nodes.filter((node) => replicas.includes(node));
  const what =
    replicas.length === 0 || nodes.length === 0
      ? ""
      : touched.length === 0
        ? `; the fault touches no replica of ${key ?? "the key"}`
        : touched.length === replicas.length
          ? `; the fault touches all replicas of ${key ?? "the key"}`
          : `; of the replicas of ${key ?? "the key"}, the fault touches ${allOf(touched)}`;
  const when = named.length === 0 ? "" : `: ${whenInForce(trace, fault, anomaly, named)}`;
  return `${label}, ${faultTimes(fault, trace.endUs)}${when}${what}.`;
}

/**
 * Says which of the anomaly's operations ran after the fault was fully made and before it ended, and which ran only
 * while it was being made. If none did, says when the fault was in force instead.
 */
function whenInForce(
  trace: Trace,
  { fromUs, toUs, fullFromUs }: TraceFault,
  anomaly: Anomaly,
  named: readonly TraceOperation[],
): string {
  const duringThe = (fromUs: number, toUs: number): readonly TraceOperation[] =>
    named.filter(({ startUs, endUs }) => startUs < toUs && (endUs ?? trace.endUs) >= fromUs);
  const inForce = duringThe(fullFromUs, toUs);
  const changing = duringThe(fromUs, toUs).filter((operation) => !inForce.includes(operation));
  const shownUs = Math.max(
    anomaly.atUs ?? 0,
    ...named.map(({ startUs, endUs }) => endUs ?? startUs),
  );
  const firstUs = Math.min(...named.map(({ startUs }) => startUs));
  const numbers = (of: readonly TraceOperation[]): string => allOf(of.map(({ op }) => `#${op}`));
  const perhaps = `, and perhaps while ${numbers(changing)} ran, when it began`;
  if (inForce.length > 0)
    return `in force while ${numbers(inForce)} ran${changing.length === 0 ? "" : perhaps}`;
  if (changing.length > 0)
    return `it began while ${numbers(changing)} ran, so it may not have been in force then`;
  if (toUs <= firstUs) return "over before the first operation of this anomaly began";
  if (fromUs > shownUs) return "began only after the failure showed";
  return "in force after the first operation of this anomaly, but during none of its operations";
}

/** Whether the failure needs its faults, as far as shrinking shows. */
function needed({ trace, exhibit }: ExhibitView, shrunk: Campaign["shrunk"]): readonly string[] {
  const { length } = trace.faults;
  if (length === 0) return ["No fault was injected, so the failure needs no fault."];
  const [each, them] =
    length === 1 ? ["this fault", "it"] : ["each of these faults in turn", "each of them"];
  if (shrunk === undefined)
    return [
      `The history was not shrunk, so quorate did not try to leave out ${each}: the evidence does not show whether the failure needs ${them}.`,
    ];
  if (!triedAllSmaller(shrunk.ended))
    return [
      `Shrinking ended early (${shrunk.ended}), so the evidence does not show whether the failure needs ${them}.`,
    ];
  return isSimulated(exhibit.events)
    ? [
        `Shrinking left out ${each}, and then the case did not fail in the same way: the failure needs ${them}.`,
      ]
    : [
        `Shrinking left out ${each}, and then the case failed in fewer than two of three tries. In real time, this makes it likely, but does not prove, that the failure needs ${them}.`,
      ];
}

/** What is known of the final phase's restart of all nodes, if it came before the failure showed. */
function restarted(
  view: ExhibitView,
  anomaly: Anomaly,
  shrunk: Campaign["shrunk"],
): readonly string[] {
  const atUs = restartBefore(view, anomaly);
  if (atUs === undefined) return [];
  const told = `The final phase restarted all nodes from ${milliseconds(atUs)} on, before the failure showed`;
  const { restart } = view.exhibit.plan;
  if (restart === undefined)
    return [
      `${told}. Every history of this target has this restart, so no history without the restart was tried.`,
    ];
  return shrunk !== undefined && triedAllSmaller(shrunk.ended) && isSimulated(view.exhibit.events)
    ? [
        `${told}. Shrinking left out the restart, and then the case did not fail in the same way: the failure needs the restart.`,
      ]
    : [`${told}. The evidence does not show whether the failure needs the restart.`];
}

/**
 * When the final phase began to restart all nodes, if that was before the anomaly showed. Undefined: it came later, or
 * nodes were not restarted.
 */
export function restartBefore(
  { exhibit, trace }: ExhibitView,
  anomaly: Anomaly,
): number | undefined {
  const phases = exhibit.events.filter((event) => event.e === "phase");
  const done = phases.find(({ phase }) => phase === "restarted");
  const from = phases.find(({ phase }) => phase === "healed");
  if (done === undefined || done.detail !== undefined || from === undefined) return undefined;
  const shownUs =
    anomaly.atUs ??
    trace.operations.reduce(
      (last, { op, startUs, endUs }) =>
        anomaly.operations.includes(op) ? Math.max(last, endUs ?? startUs) : last,
      -Infinity,
    );
  return shownUs < from.atUs ? undefined : from.atUs;
}

const isSimulated = (events: ExhibitView["exhibit"]["events"]): boolean =>
  events.some((event) => event.e === "run" && event.on === "sim");
