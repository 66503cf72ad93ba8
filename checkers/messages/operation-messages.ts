/** Names operations, values and times in explanations. */
import type { Operation } from "../columnar/operation.ts";
import { finalPhaseClient, type Value, type VersionedValue } from "../language/history.ts";

/**
 * A time as text: `12.4 ms`. Times below 0.1 ms have two or three decimals, so that only 0 looks like 0. The reports
 * format times in the same way.
 */
export function milliseconds(us: number): string {
  if (us === 0) return "0 ms";
  const decimals = Math.abs(us) >= 100 ? 1 : Math.abs(us) >= 10 ? 2 : 3;
  return `${(us / 1000).toFixed(decimals)} ms`;
}

/** The time between two events, in front of "before": `12.4 ms`, or `just` if both have the same time. */
export const apart = (us: number): string => (us === 0 ? "just" : milliseconds(us));

export const valueName = (value: Value): string =>
  value === null ? "a deletion" : value === "" ? "an empty value" : value;

/** The client's name, or `the final phase` for the harness's own client. */
const who = ({ client }: Pick<Operation, "client">): string =>
  client === finalPhaseClient ? "the final phase" : client;

/** An operation with key and client: `read 17 of k0 by c2`, `read 20 of k0 in the final phase`. */
export const named = (operation: Operation): string =>
  `${operation.f} ${operation.op} of ${operation.key} ${byClient(operation)}`;

/** Who ran an operation: `by c2`, or `in the final phase` for the harness's own client. */
export const byClient = (operation: Pick<Operation, "client">): string =>
  operation.client === finalPhaseClient ? "in the final phase" : `by ${operation.client}`;

/** An operation with client and node: `c2's enqueue 3 through n1`, `the final phase's drain 9 through n2`. */
export const clientsOperation = (operation: Operation): string =>
  `${who(operation)}'s ${operation.f} ${operation.op} through ${operation.node}`;

/** An operation's client and node: `c2 through n1`, `the final phase through n2`. */
export const clientThrough = (operation: Pick<Operation, "client" | "node">): string =>
  `${who(operation)} through ${operation.node}`;

/** An operation in few words: `write 9 (v5)`, `delete 4`. */
export const brief = (operation: Operation): string =>
  operation.f === "write"
    ? `write ${operation.op} (${operation.value ?? "?"})`
    : `${operation.f} ${operation.op}`;

/** A small number as text: `only 2`, or `none` for 0. */
export const onlyOf = (count: number): string => (count === 0 ? "none" : `only ${count}`);

/** A number of replicas as text: `1 replica`, `2 replicas`. */
export const replicaCount = (count: number): string =>
  `${count} ${count === 1 ? "replica" : "replicas"}`;

/** Any one of the names: `n1`, `any of n1, n2`. */
export const anyOf = (names: readonly string[]): string =>
  names.length === 1 ? names.join() : `any of ${names.join(", ")}`;

/** All of the names: `n1`, `n1 and n2`, `n1, n2 and n3`. */
export const allOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

/** Groups the names about which the same text is said. The groups are in the order in which their texts first occur. */
export function together(
  said: Iterable<readonly [name: string, what: string]>,
): (readonly [names: readonly string[], what: string])[] {
  const names = new Map<string, Set<string>>();
  for (const [name, what] of said) names.set(what, (names.get(what) ?? new Set()).add(name));
  return [...names].map(([what, of]) => [[...of], what] as const);
}

/** The values that a read returned or a replica holds, or `nothing`. */
export const returned = (versions: readonly VersionedValue[]): string =>
  versions.length === 0 ? "nothing" : versions.map(({ value }) => valueName(value)).join(", ");
