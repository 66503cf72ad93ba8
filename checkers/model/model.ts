/** A whole history, sorted into what checkers ask for. */
import { EvidenceIndex } from "../evidence/evidence-index.ts";
import { foreignEvidence } from "../evidence/extent.ts";
import { inOrder } from "../evidence/position.ts";
import { faultWindows } from "./fault-windows.ts";
import type { FaultWindow } from "./fault-windows.ts";
import { HistoryError } from "../language/history-error.ts";
import { Authors } from "../columnar/authors.ts";
import { KeyRows } from "../columnar/key-rows.ts";
import { OperationTable } from "../columnar/operation-table.ts";
import { OperationViews } from "../columnar/operation-view.ts";
import type { Operation } from "../columnar/operation.ts";
import { knownRun, type KnownRun } from "./known-run.ts";
import { Rings } from "./rings.ts";
import { Writers } from "./writers.ts";
import type {
  EndEvent,
  EvidenceEvent,
  FaultEvent,
  HistoryEvent,
  InspectEvent,
  Key,
  NodeEndedEvent,
  PhaseEvent,
  RingEvent,
  RunEvent,
  VersionName,
} from "../language/history.ts";

/** A whole history, as checkers read it. */
export interface Model {
  readonly run: KnownRun;
  /** In the order of their invocations. */
  readonly operations: readonly Operation[];
  /** The same operations by their number, `op` of the history. */
  readonly operation: {
    /** The operation; undefined: there is none of that number. */
    get(op: number): Operation | undefined;
  };
  readonly keys: ReadonlyMap<Key, readonly Operation[]>;
  readonly faults: readonly FaultWindow[];
  readonly faultEvents: readonly FaultEvent[];
  readonly phases: readonly PhaseEvent[];
  readonly inspections: readonly InspectEvent[];
  /** Ends of nodes that the harness did not plan. */
  readonly unplannedEnds: readonly NodeEndedEvent[];
  /** Who replicated which key when. */
  readonly rings: Rings;
  /** Empty where some of it is of another run. */
  readonly evidence: EvidenceIndex;
  /** Why the evidence cannot all be of this run, in one sentence; null: it can. Foreign evidence proves nothing. */
  readonly foreign: string | null;
  readonly end: EndEvent | undefined;
  /**
   * The same operations in numbers, for what must be fast.
   *
   * @internal
   */
  readonly columns: ColumnarOperations;
  /** Throws HistoryError where a value of the key was written twice. */
  writers(key: Key): Writers;
}

/** A history's operations as rows of numbers. */
export interface ColumnarOperations {
  readonly table: OperationTable;
  readonly rows: KeyRows;
  readonly authors: Authors;
  readonly views: OperationViews;
}

/** The keys that have operations, in the order of their first. */
export const keysOf = ({ columns: { rows, table } }: Model): Key[] =>
  rows.keys.map((key) => table.keys.textOf(key));

/** Throws HistoryError where the events are no history. */
export function modelOf(events: Iterable<HistoryEvent>): Model {
  const builder = new ModelBuilder();
  for (const event of events) builder.add(event);
  return builder.finish();
}

/** Makes a model from events as they come; what it keeps of an invocation and its completion is one operation. */
export class ModelBuilder {
  /** Lines of operations may go into it directly, instead of events. */
  readonly table = new OperationTable();
  readonly #evidence: EvidenceEvent[] = [];
  readonly #faultEvents: FaultEvent[] = [];
  readonly #phases: PhaseEvent[] = [];
  readonly #inspections: InspectEvent[] = [];
  readonly #unplannedEnds: NodeEndedEvent[] = [];
  readonly #rings: RingEvent[] = [];
  #run: RunEvent | undefined;
  #end: EndEvent | undefined;

  /** Throws HistoryError where the event does not fit those before it. */
  add(event: HistoryEvent): void {
    if ((this.#run === undefined) !== (event.e === "run"))
      throw new HistoryError("not-first", "one `run` event, the first", `a \`${event.e}\` event`);
    switch (event.e) {
      case "run":
        this.#run = event;
        return;
      case "invoke":
      case "ok":
      case "fail":
      case "info":
        this.table.add(event);
        return;
      case "fault":
        this.#faultEvents.push(event);
        return;
      case "ring":
        this.#rings.push(event);
        return;
      case "phase":
        this.#phases.push(event);
        return;
      case "inspect":
        this.#inspections.push(event);
        return;
      case "node-ended":
        this.#unplannedEnds.push(event);
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
        throw new HistoryError(
          "unknown-event",
          "a known event",
          JSON.stringify(event satisfies never),
        );
    }
  }

  /** Throws HistoryError where there was no `run` event. */
  finish(): Model {
    if (this.#run === undefined) throw new HistoryError("empty", "a `run` event", "no event");
    return assemble(this.#run, this.#end, this.table, {
      evidence: this.#evidence,
      faultEvents: this.#faultEvents,
      phases: this.#phases,
      ringEvents: this.#rings,
      inspections: this.#inspections,
      unplannedEnds: this.#unplannedEnds,
    });
  }
}

function assemble(
  run: RunEvent,
  end: EndEvent | undefined,
  table: OperationTable,
  {
    evidence,
    faultEvents,
    phases,
    inspections,
    unplannedEnds,
    ringEvents,
  }: {
    evidence: EvidenceEvent[];
    faultEvents: FaultEvent[];
    phases: PhaseEvent[];
    inspections: InspectEvent[];
    unplannedEnds: NodeEndedEvent[];
    ringEvents: RingEvent[];
  },
): Model {
  const views = new OperationViews(table);
  const rows = new KeyRows(table);
  const extent = end?.evidence;
  // A history that nobody counted (of an earlier version, or made by hand) is taken as it is.
  const sorted = inOrder(evidence);
  const foreign = extent === undefined ? null : foreignEvidence(sorted, extent);
  const index = new EvidenceIndex(foreign === null ? sorted : [], extent, run.newcomers);
  const writersOf = new Map<Key, Writers>();
  let operations: readonly Operation[] | undefined;
  let keys: ReadonlyMap<Key, readonly Operation[]> | undefined;
  let authors: Authors | undefined;
  const authorsOf = (): Authors =>
    (authors ??= new Authors(table, (row) => tracedVersion(index, table.op[row] as number)));
  const known = knownRun(run);
  // Made when they are first asked for: of a million operations, most checkers need the numbers only.
  return {
    run: known,
    rings: new Rings(known, ringEvents),
    end,
    faultEvents,
    phases,
    inspections,
    unplannedEnds,
    get operations() {
      return (operations ??= views.list());
    },
    get keys() {
      return (keys ??= new Map(
        rows.keys.map((key) => [table.keys.textOf(key), views.list(rows.of(key))]),
      ));
    },
    operation: {
      get(op) {
        const row = table.rowOf(op);
        return row < 0 ? undefined : views.at(row);
      },
    },
    faults: faultWindows(faultEvents),
    evidence: index,
    foreign,
    columns: {
      table,
      rows,
      views,
      get authors() {
        return authorsOf();
      },
    },
    writers(key) {
      let writers = writersOf.get(key);
      if (writers === undefined)
        writersOf.set(
          key,
          (writers = new Writers(table.keys.find(key), table, authorsOf(), views)),
        );
      return writers;
    },
  };
}

/**
 * The version that an operation made, as the evidence shows it: answered, though unheard, or alone in what was sent to
 * replicas.
 */
function tracedVersion(evidence: EvidenceIndex, op: number): VersionName | undefined {
  const answer = evidence.answers.get(op)?.find(({ frame }) => frame === "client-write-ok");
  if (answer?.versions.length === 1) return answer.versions[0];
  const request = evidence.storeRequests
    .get(op)
    ?.find(({ cause, versions }) => cause === "write" && versions.length === 1);
  return request?.versions[0];
}
