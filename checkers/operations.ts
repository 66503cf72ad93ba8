/** Invocations paired with their completions. */
import { HistoryError } from "./history-error.ts";
import type { FailEvent, HistoryEvent, InvokeEvent, Key, NodeName, OkEvent, Value, VersionedValue, VersionVector } from "./history.ts";

/** One operation of one client, from its invocation to its completion. Times are microseconds of the history's clock. */
export interface Operation {
  readonly op: number;
  readonly client: string;
  readonly process: number;
  readonly node: NodeName;
  readonly f: InvokeEvent["f"];
  readonly key: Key;
  /** What a write wrote, null for a delete; absent for a read. */
  readonly value?: Value;
  readonly r?: number;
  readonly w?: number;
  readonly pr?: number;
  readonly pw?: number;
  readonly dw?: number;
  /** Siblings: the operation whose context this write carried. Absent: a blind write. */
  readonly contextOf?: number;
  /** Part of the ending's sweep. */
  readonly final: boolean;
  readonly startUs: number;
  /** When the client heard, or gave up; Infinity for an operation that was never completed. */
  readonly endUs: number;
  /** `info` also for an operation without any completion: nobody knows. */
  readonly outcome: "ok" | "fail" | "info";
  /** A read: what it returned. A write: the version that it was given. Empty unless ok. */
  readonly versions: readonly VersionedValue[];
  readonly context?: VersionVector;
  /** Of the error, unless ok. */
  readonly code?: string;
  readonly message?: string;
}

/** When the operation's effect is over: Infinity for an indeterminate one, which may take effect at any later time. */
export const effectEndUs = (operation: Operation): number => (operation.outcome === "ok" ? operation.endUs : Infinity);

/** An acknowledged write or delete. */
export const isAcknowledged = (operation: Operation): boolean => operation.f !== "read" && operation.outcome === "ok";

/** Collects operations from events one by one. Throws HistoryError where a completion has no open invocation. */
export class Pairing {
  readonly #order: number[] = [];
  readonly #open = new Map<number, InvokeEvent>();
  readonly #done = new Map<number, Operation>();

  add(event: HistoryEvent): void {
    switch (event.e) {
      case "invoke":
        if (this.#open.has(event.op) || this.#done.has(event.op)) {
          throw new HistoryError("repeated-operation", "an op number that was not used before", `op ${event.op} again`);
        }
        this.#order.push(event.op);
        this.#open.set(event.op, event);
        return;
      case "ok":
      case "fail":
      case "info": {
        const invoke = this.#open.get(event.op);
        if (invoke === undefined) {
          throw new HistoryError("no-open-operation", `an invoke of op ${event.op} that is still open`, `its ${event.e}`);
        }
        if (event.atUs < invoke.atUs) {
          throw new HistoryError("time-runs-backwards", `a completion of op ${event.op} at or after ${invoke.atUs}`, String(event.atUs));
        }
        this.#open.delete(event.op);
        this.#done.set(event.op, operationOf(invoke, event));
        return;
      }
      default:
        return;
    }
  }

  /** All operations in the order of their invocations. */
  operations(): Operation[] {
    return this.#order.map((op) => {
      const invoke = this.#open.get(op);
      // An op is either still open or done: add() moves it from one to the other.
      return invoke === undefined ? (this.#done.get(op) as Operation) : operationOf(invoke, undefined);
    });
  }
}

/** The operations of a history, in the order of their invocations. */
export function operationsOf(events: Iterable<HistoryEvent>): Operation[] {
  const pairing = new Pairing();
  for (const event of events) pairing.add(event);
  return pairing.operations();
}

function operationOf(invoke: InvokeEvent, completion: OkEvent | FailEvent | undefined): Operation {
  const { op, client, process, node, f, key, r, w, pr, pw, dw, contextOf } = invoke;
  const failed = completion !== undefined && completion.e !== "ok" ? completion : undefined;
  const ok = completion?.e === "ok" ? completion : undefined;
  return {
    op, client, process, node, f, key,
    ...(f === "write" && invoke.value !== undefined ? { value: invoke.value } : f === "delete" ? { value: null } : {}),
    ...(r === undefined ? {} : { r }),
    ...(w === undefined ? {} : { w }),
    ...(pr === undefined ? {} : { pr }),
    ...(pw === undefined ? {} : { pw }),
    ...(dw === undefined ? {} : { dw }),
    ...(contextOf === undefined ? {} : { contextOf }),
    final: invoke.final === true,
    startUs: invoke.atUs,
    endUs: completion?.atUs ?? Infinity,
    outcome: completion?.e ?? "info",
    versions: ok?.versions ?? [],
    ...(ok?.context === undefined ? {} : { context: ok.context }),
    ...(failed === undefined ? {} : { code: failed.code }),
    ...(failed?.message === undefined ? {} : { message: failed.message }),
  };
}
