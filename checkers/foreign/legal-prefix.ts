/**
 * Finds the longest legal order of a few operations on one register, and why each of the other operations does not come
 * next.
 */
import type { ForeignOperation } from "./foreign-history.ts";

/** An operation that cannot come next in the order, or that would only make the order end sooner. */
export interface BlockedOperation {
  readonly op: number;
  /** Why the operation does not come next, for example `the operation read 1, but the register holds 2`. */
  readonly because: string;
}

export interface LegalPrefix {
  /** The operations of the longest legal order, by their numbers. */
  readonly order: readonly number[];
  /** The value of the register after that order, as text. */
  readonly state: string;
  readonly blocked: readonly BlockedOperation[];
  /**
   * Whether each value that one of the operations read or expected is the initial value, or the value of a write or cas
   * among the other operations. If not, the operations may have no legal order merely because a write is not among
   * them.
   */
  readonly isComplete: boolean;
}

/** The largest number of operations. An order of more would be too long to help a reader. */
const operationsAtMost = 20;
const triesAtMost = 100_000;

/**
 * Searches the orders that real time allows, as Wing and Gong (1993) do, and returns the longest legal one.
 *
 * @param operations Reads, writes and cas of one register. Failed operations are ignored. Unanswered ones may be left
 * out of the order.
 * @param initial The value of the register before all operations, as text. Null means nil.
 * @returns The order, or undefined if there are no operations, too many or some of other kinds, if a legal order
 * contains all answered operations, or if the search takes too long.
 */
export function longestLegalPrefix(
  operations: readonly ForeignOperation[],
  initial: string | null,
): LegalPrefix | undefined {
  const all = operations.filter(({ outcome }) => outcome !== "fail");
  if (all.length === 0 || all.length > operationsAtMost || !all.every(isRegister)) return undefined;
  const needed = all.filter(({ outcome }) => outcome === "ok");
  let best: { order: ForeignOperation[]; state: string | null } = { order: [], state: initial };
  let tries = 0;
  const seen = new Set<string>();
  const search = (order: ForeignOperation[], state: string | null): boolean => {
    if (tries++ > triesAtMost) return false;
    if (order.length > best.order.length) best = { order, state };
    const left = all.filter((one) => !order.includes(one));
    if (!left.some((one) => needed.includes(one))) return true;
    const place = `${left.map(({ op }) => op).join()} ${state ?? ""}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return possible(left).some((one) => {
      const next = apply(one, state);
      return "state" in next && search([...order, one], next.state);
    });
  };
  if (search([], initial) || tries > triesAtMost) return undefined;
  const left = all.filter((one) => !best.order.includes(one));
  return {
    order: best.order.map(({ op }) => op),
    state: best.state ?? "nil",
    blocked: left.map((one) => ({ op: one.op, because: whyNot(one, left, best.state) })),
    isComplete: all.every((one) => {
      const needed = neededBy(one);
      return (
        needed === undefined ||
        needed === initial ||
        all.some((other) => other !== one && writtenBy(other) === needed)
      );
    }),
  };
}

const isRegister = ({ f, asked }: ForeignOperation): boolean =>
  f === "read" || (f === "write" && asked !== null) || (f === "cas" && casOf(asked) !== undefined);

/** The operations that may come next: no operation that is left ended before such an operation began. */
const possible = (left: readonly ForeignOperation[]): ForeignOperation[] =>
  left.filter((one) => left.every((other) => other.end >= one.start));

function apply(
  { f, asked, answered, outcome }: ForeignOperation,
  state: string | null,
): { readonly state: string | null } | { readonly because: string } {
  if (f === "write") return { state: asked };
  if (f === "read")
    return outcome !== "ok" || answered === undefined || answered === state
      ? { state }
      : {
          because: `the operation read ${answered ?? "nil"}, but the register holds ${state ?? "nil"}`,
        };
  const cas = casOf(asked);
  return cas !== undefined && cas.expected === state
    ? { state: cas.value }
    : {
        because: `the operation expects ${cas?.expected ?? "?"}, but the register holds ${state ?? "nil"}`,
      };
}

/** The value that the register must hold for the operation. Undefined: it may hold any. */
function neededBy({ f, asked, answered, outcome }: ForeignOperation): string | null | undefined {
  if (f === "read") return outcome === "ok" ? answered : undefined;
  return f === "cas" ? casOf(asked)?.expected : undefined;
}

/** The value that the operation writes. Undefined: it writes none. */
const writtenBy = ({ f, asked }: ForeignOperation): string | null | undefined =>
  f === "write" ? asked : f === "cas" ? casOf(asked)?.value : undefined;

function whyNot(
  one: ForeignOperation,
  left: readonly ForeignOperation[],
  state: string | null,
): string {
  const earlier = left.find((other) => other.end < one.start);
  if (earlier !== undefined)
    return `the operation of line ${earlier.startLine} had ended before this operation began, so line ${earlier.startLine} must come first`;
  const next = apply(one, state);
  return "because" in next
    ? next.because
    : "this operation can come next, but no order that goes on with it is longer than this one";
}

/** The expected and the new value of a cas, from `[3 4]` or `[3, 4]`. Undefined: the text has another form. */
function casOf(
  asked: string | null,
): { readonly expected: string; readonly value: string } | undefined {
  const [, expected, value] = /^[[(](\S+?),?\s+(\S+)[\])]$/.exec(asked ?? "") ?? [];
  return expected === undefined || value === undefined ? undefined : { expected, value };
}
