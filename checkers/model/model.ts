/** Indexes a whole history for checkers. */
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

/** An indexed history. */
export interface Model {
  readonly run: KnownRun;
  /** All operations, in the order of invocations. */
  readonly operations: readonly Operation[];
  /** Finds an operation by its number (`op` in the history). */
  readonly operation: {
    /** Returns the operation with this number, or undefined if there is none. */
    get(op: number): Operation | undefined;
  };
  readonly keys: ReadonlyMap<Key, readonly Operation[]>;
  readonly faults: readonly FaultWindow[];
  readonly faultEvents: readonly FaultEvent[];
  readonly phases: readonly PhaseEvent[];
  readonly inspections: readonly InspectEvent[];
  /** Ends of nodes that the harness did not plan. */
  readonly unplannedEnds: readonly NodeEndedEvent[];
  /** The versions of the ring: which nodes replicated which key, and when. */
  readonly rings: Rings;
  /** The evidence that the Hosts recorded. Empty if some of it belongs to another run (see `foreign`). */
  readonly evidence: EvidenceIndex;
  /**
   * One sentence that says why some evidence must belong to another run. Such evidence proves nothing. Null: all
   * evidence can belong to this run.
   */
  readonly foreign: string | null;
  readonly end: EndEvent | undefined;
  /**
   * The operations as numbers, for fast checks.
   *
   * @internal
   */
  readonly columns: ColumnarOperations;
  /** The writers of the key's versions. Throws HistoryError if a value of the key was written twice. */
  writers(key: Key): Writers;
}

/** A history's operations as rows of numbers. */
export interface ColumnarOperations {
  readonly table: OperationTable;
  readonly rows: KeyRows;
  readonly authors: Authors;
  readonly views: OperationViews;
}

/** The keys with operations, in the order of their first operation. */
export const keysOf = ({ columns: { rows, table } }: Model): Key[] =>
  rows.keys.map((key) => table.keys.textOf(key));

/**
 * Builds the model of a history. Throws HistoryError if the first event is not the only `run` event, or if an
 * invocation or completion contradicts earlier ones.
 */
export function modelOf(events: Iterable<HistoryEvent>): Model {
  const builder = new ModelBuilder();
  for (const event of events) builder.add(event);
  return builder.finish();
}

/** Builds a model event by event. An invocation and its completion become one operation. */
export class ModelBuilder {
  /** The table of the operations. A reader may add lines to it directly instead of calling `add` with events. */
  readonly table = new OperationTable();
  readonly #evidence: EvidenceEvent[] = [];
  readonly #faultEvents: FaultEvent[] = [];
  readonly #phases: PhaseEvent[] = [];
  readonly #inspections: InspectEvent[] = [];
  readonly #unplannedEnds: NodeEndedEvent[] = [];
  readonly #rings: RingEvent[] = [];
  #run: RunEvent | undefined;
  #end: EndEvent | undefined;

  /**
   * Adds an event. Throws HistoryError if the `run` event is missing or repeated, or if an invocation or completion
   * contradicts earlier ones.
   */
  add(event: HistoryEvent): void {
    if ((this.#run === undefined) !== (event.e === "run"))
      throw new HistoryError(
        "not-first",
        "exactly one `run` event, as the first event",
        `a \`${event.e}\` event`,
      );
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

  /** Returns the model of all added events. Throws HistoryError if there was no `run` event. */
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
  // Histories without counts of their evidence (from an earlier version, or made by hand) are accepted.
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
  const faults = faultWindows(faultEvents);
  // `operations`, `keys` and `authors` are made on first use: of a million operations, most checkers need only the
  // numbers.
  return {
    run: known,
    rings: new Rings(known, ringEvents, faults),
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
    faults,
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
 * The version of a write according to evidence: the version that a node answered, even if the client did not receive
 * the answer. Without such an answer: the version in the first request to a replica that has a single version.
 */
function tracedVersion(evidence: EvidenceIndex, op: number): VersionName | undefined {
  const answer = evidence.answers.get(op)?.find(({ frame }) => frame === "client-write-ok");
  if (answer?.versions.length === 1) return answer.versions[0];
  const request = evidence.storeRequests
    .get(op)
    ?.find(({ cause, versions }) => cause === "write" && versions.length === 1);
  return request?.versions[0];
}
