/** A whole history, sorted into what checkers ask for. */
import { EvidenceIndex } from "./evidence.ts";
import { faultWindows } from "./faults.ts";
import type { FaultWindow } from "./faults.ts";
import { HistoryError } from "./history-error.ts";
import { Pairing } from "./operations.ts";
import type { Operation } from "./operations.ts";
import { Writers } from "./writers.ts";
import type { EndEvent, EvidenceEvent, FaultEvent, HistoryEvent, InspectEvent, Key, PhaseEvent, RunEvent, VersionName } from "./history.ts";

export interface Model {
  readonly run: RunEvent;
  /** In the order of their invocations. */
  readonly operations: readonly Operation[];
  readonly operation: ReadonlyMap<number, Operation>;
  readonly keys: ReadonlyMap<Key, readonly Operation[]>;
  readonly faults: readonly FaultWindow[];
  readonly faultEvents: readonly FaultEvent[];
  readonly phases: readonly PhaseEvent[];
  readonly inspections: readonly InspectEvent[];
  readonly evidence: EvidenceIndex;
  readonly end: EndEvent | undefined;
  writers(key: Key): Writers;
}

/** Throws HistoryError where the events are no history. */
export function modelOf(events: Iterable<HistoryEvent>): Model {
  const pairing = new Pairing();
  const evidence: EvidenceEvent[] = [];
  const faultEvents: FaultEvent[] = [];
  const phases: PhaseEvent[] = [];
  const inspections: InspectEvent[] = [];
  let run: RunEvent | undefined;
  let end: EndEvent | undefined;
  for (const event of events) {
    if ((run === undefined) !== (event.e === "run")) throw new HistoryError("not-first", "one `run` event, the first", `a \`${event.e}\` event`);
    switch (event.e) {
      case "run":
        run = event;
        break;
      case "invoke":
      case "ok":
      case "fail":
      case "info":
        pairing.add(event);
        break;
      case "fault":
        faultEvents.push(event);
        break;
      case "phase":
        phases.push(event);
        break;
      case "inspect":
        inspections.push(event);
        break;
      case "boot":
      case "sync":
      case "sent":
      case "received":
      case "explain":
        evidence.push(event);
        break;
      case "end":
        end = event;
        break;
      default:
        throw new HistoryError("unknown-event", "a known event", JSON.stringify(event satisfies never));
    }
  }
  if (run === undefined) throw new HistoryError("empty", "a `run` event", "no event");
  return assemble(run, end, pairing.operations(), { evidence, faultEvents, phases, inspections });
}

function assemble(
  run: RunEvent,
  end: EndEvent | undefined,
  operations: readonly Operation[],
  { evidence, faultEvents, phases, inspections }: { evidence: EvidenceEvent[]; faultEvents: FaultEvent[]; phases: PhaseEvent[]; inspections: InspectEvent[] },
): Model {
  const keys = new Map<Key, Operation[]>();
  for (const operation of operations) {
    const of = keys.get(operation.key);
    if (of === undefined) keys.set(operation.key, [operation]);
    else of.push(operation);
  }
  const index = new EvidenceIndex(evidence);
  const known = new Map<Key, Writers>();
  return {
    run, end, operations, keys, faultEvents, phases, inspections,
    operation: new Map(operations.map((operation) => [operation.op, operation])),
    faults: faultWindows(faultEvents),
    evidence: index,
    writers(key) {
      let writers = known.get(key);
      if (writers === undefined) known.set(key, (writers = new Writers(keys.get(key) ?? [], (operation) => tracedVersion(index, operation))));
      return writers;
    },
  };
}

/** The version that an operation made, as the evidence shows it: answered, though unheard, or alone in what was sent to replicas. */
function tracedVersion(evidence: EvidenceIndex, operation: Operation): VersionName | undefined {
  const answer = evidence.answers.get(operation.op)?.find(({ frame }) => frame === "client-write-ok");
  if (answer?.versions.length === 1) return answer.versions[0];
  const request = evidence.storeRequests.get(operation.op)?.find(({ cause, versions }) => cause === "write" && versions.length === 1);
  return request?.versions[0];
}
