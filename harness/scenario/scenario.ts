/**
 * Scenarios as data: plans whose timing forces a documented edge case of a store, and how to recognise it in their
 * histories.
 */
import {
  type GuaranteeVerdict,
  type HistoryEvent,
  type Operation,
  operationsOf,
  type Verdict,
} from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";

/** A documented edge case of a store. */
export interface Scenario {
  readonly name: string;
  /** One sentence about what can happen. */
  readonly about: string;
  /** The document that describes the edge case. */
  readonly source: string;
  readonly cases: readonly Case[];
}

/** Settings under which the edge case can or cannot happen. */
export interface Case {
  /** The deciding setting, in a few words. */
  readonly setting: string;
  /** Whether the settings allow the edge case. It must happen if they allow it, and must not happen if they do not. */
  readonly allowed: boolean;
  readonly plan: Plan;
  /**
   * Returns what the history shows. Returns null if the plan did not reach the situation that the case needs, which is
   * possible in containers, where time is real.
   */
  find(history: Seen): Finding | null;
}

/** What a history shows about an edge case. */
export interface Finding {
  /** Whether the edge case happened. */
  readonly happened: boolean;
  /** One sentence in terms of the operations. */
  readonly what: string;
}

/** A history as scenarios read it. */
export interface Seen {
  /** The plan's operation number `index`, counted from 0. Throws RangeError if the history does not contain it. */
  operation(index: number): Operation;
  readonly reads: readonly Operation[];
  /** The verdict on the guarantee. Undefined if there is none. */
  judged(guarantee: string): GuaranteeVerdict | undefined;
  /** All values that replicas of the key hold at the end. */
  heldAtTheEnd(key: string): readonly string[];
  /** The members in the newest ring. Empty if the membership never changed, or if a change is under way. */
  readonly membersAtTheEnd: readonly string[];
}

export function seenIn(events: readonly HistoryEvent[], verdict?: Verdict): Seen {
  const operations = new Map(operationsOf(events).map((operation) => [operation.op, operation]));
  return {
    operation(index) {
      const found = operations.get(index);
      if (found === undefined)
        throw new RangeError(
          `expected operation ${index} of the plan in its history, but there is none`,
        );
      return found;
    },
    reads: [...operations.values()].filter(({ f }) => f === "read"),
    judged: (guarantee) => verdict?.guarantees[guarantee],
    membersAtTheEnd: membersAtTheEnd(events),
    heldAtTheEnd: (key) =>
      events.flatMap((event) =>
        event.e === "inspect" && event.when === "final" && Object.hasOwn(event.state, key)
          ? (event.state[key]?.versions ?? []).flatMap(({ value }) => value ?? [])
          : [],
      ),
  };
}

function membersAtTheEnd(events: readonly HistoryEvent[]): readonly string[] {
  let last: (HistoryEvent & { readonly e: "ring" }) | undefined;
  for (const event of events)
    if (event.e === "ring" && event.version >= (last?.version ?? 0)) last = event;
  return last === undefined || last.under !== undefined ? [] : last.members;
}

export const returns = (read: Operation, value: string): boolean =>
  read.versions.some((versioned) => versioned.value === value);
export const overlap = (one: Operation, other: Operation): boolean =>
  one.startUs < other.endUs && other.startUs < one.endUs;

/** Says how an operation ended: "read 3 by c2 at n1 found nothing". */
export function named({ f, op, client, node, value, outcome, versions, code }: Operation): string {
  const who = `${f} ${op}${typeof value === "string" ? ` (${value})` : ""} by ${client} at ${node}`;
  if (outcome !== "ok") return `${who} ended with ${code ?? "nothing heard"}`;
  if (f !== "read") return `${who} was acknowledged`;
  const values = versions.flatMap((versioned) => versioned.value ?? []);
  return `${who} ${values.length === 0 ? "found nothing" : `returned ${values.join(" and ")}`}`;
}

export const milliseconds = (us: number): string => `${Math.round(us / 1000)} ms`;
