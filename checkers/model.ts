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
  const builder = new ModelBuilder();
  for (const event of events) builder.add(event);
  return builder.finish();
}

/** Makes a model from events as they come; what it keeps of an invocation and its completion is one operation. */
export class ModelBuilder {
  readonly #pairing = new Pairing();
  readonly #evidence: EvidenceEvent[] = [];
  readonly #faultEvents: FaultEvent[] = [];
  readonly #phases: PhaseEvent[] = [];
  readonly #inspections: InspectEvent[] = [];
  #run: RunEvent | undefined;
  #end: EndEvent | undefined;

  /** Throws HistoryError where the event does not fit those before it. */
  add(event: HistoryEvent): void {
    if ((this.#run === undefined) !== (event.e === "run")) throw new HistoryError("not-first", "one `run` event, the first", `a \`${event.e}\` event`);
    switch (event.e) {
      case "run":
        this.#run = event;
        return;
      case "invoke":
      case "ok":
      case "fail":
      case "info":
        this.#pairing.add(event);
        return;
      case "fault":
        this.#faultEvents.push(event);
        return;
      case "phase":
        this.#phases.push(event);
        return;
      case "inspect":
        this.#inspections.push(event);
        return;
      case "boot":
      case "sync":
      case "sent":
      case "received":
      case "explain":
        this.#evidence.push(event);
        return;
      case "end":
        this.#end = event;
        return;
      default:
        throw new HistoryError("unknown-event", "a known event", JSON.stringify(event satisfies never));
    }
  }

  /** Throws HistoryError where there was no `run` event. */
  finish(): Model {
    if (this.#run === undefined) throw new HistoryError("empty", "a `run` event", "no event");
    return assemble(this.#run, this.#end, this.#pairing.operations(), { evidence: this.#evidence, faultEvents: this.#faultEvents, phases: this.#phases, inspections: this.#inspections });
  }
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
