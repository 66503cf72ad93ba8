/**
 * A documented edge case of quorums, as data: plans whose timing forces it, and what to look for in their histories.
 */
import {
  type GuaranteeVerdict,
  type HistoryEvent,
  type Operation,
  operationsOf,
  type Verdict,
} from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";

/** An edge case of quorums that is documented somewhere. */
export interface Scenario {
  readonly name: string;
  /** What can happen, in one sentence. */
  readonly about: string;
  /** Where it is documented. */
  readonly source: string;
  readonly cases: readonly Case[];
}

/** One set of settings under which the edge case can happen, or cannot. */
export interface Case {
  /** What decides, in a few words. */
  readonly setting: string;
  /** Whether the settings allow the edge case: then it must show, else it must not. */
  readonly allowed: boolean;
  readonly plan: Plan;
  /** What the history shows; null: not the situation that the plan was to bring about (time is real in containers). */
  find(history: Seen): Finding | null;
}

/** What a history shows of an edge case. */
export interface Finding {
  /** The edge case is in the history. */
  readonly happened: boolean;
  /** One sentence in terms of the operations. */
  readonly what: string;
}

/** A history, as the scenarios look at it. */
export interface Seen {
  /** The plan's operation of that index. Throws RangeError where there is none. */
  operation(index: number): Operation;
  readonly reads: readonly Operation[];
  /** What was judged of the guarantee; undefined: nothing, as no verdict is at hand. */
  judged(guarantee: string): GuaranteeVerdict | undefined;
  /** Every value that some replica of the key holds at the end. */
  heldAtTheEnd(key: string): readonly string[];
  /** The members of the newest ring, no change under way; [] where membership never changed. */
  readonly membersAtTheEnd: readonly string[];
}

export function seenIn(events: readonly HistoryEvent[], verdict?: Verdict): Seen {
  const operations = new Map(operationsOf(events).map((operation) => [operation.op, operation]));
  return {
    operation(index) {
      const found = operations.get(index);
      if (found === undefined)
        throw new RangeError(
          `expected operation ${index} of the plan in its history, there is none`,
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

/** "read 3 by c2 at n1 found nothing" */
export function named({ f, op, client, node, value, outcome, versions, code }: Operation): string {
  const who = `${f} ${op}${typeof value === "string" ? ` (${value})` : ""} by ${client} at ${node}`;
  if (outcome !== "ok") return `${who} ended with ${code ?? "nothing heard"}`;
  if (f !== "read") return `${who} was acknowledged`;
  const values = versions.flatMap((versioned) => versioned.value ?? []);
  return `${who} ${values.length === 0 ? "found nothing" : `returned ${values.join(" and ")}`}`;
}

export const milliseconds = (us: number): string => `${Math.round(us / 1000)} ms`;
