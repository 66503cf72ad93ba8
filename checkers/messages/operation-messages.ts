/** Names operations, values and times in explanations. */
import type { Operation } from "../columnar/operation.ts";
import { finalPhaseClient, type Value, type VersionedValue } from "../language/history.ts";

/** `12.4 ms`. */
export const milliseconds = (us: number): string => `${(us / 1000).toFixed(1)} ms`;

export const valueName = (value: Value): string =>
  value === null ? "a deletion" : value === "" ? "an empty value" : value;

/** `the final phase` for the harness's own client, and other clients by name. */
const who = ({ client }: Pick<Operation, "client">): string =>
  client === finalPhaseClient ? "the final phase" : client;

/** `read 17 of k0 by c2`, `write 9 of k0 by c1`, `read 20 of k0 in the final phase`. */
export const named = (operation: Operation): string =>
  `${operation.f} ${operation.op} of ${operation.key} ${byClient(operation)}`;

/** `by c2`, `in the final phase`. */
export const byClient = (operation: Pick<Operation, "client">): string =>
  operation.client === finalPhaseClient ? "in the final phase" : `by ${operation.client}`;

/** `c2's enqueue 3 through n1`, `the final phase's drain 9 through n2`. */
export const clientsOperation = (operation: Operation): string =>
  `${who(operation)}'s ${operation.f} ${operation.op} through ${operation.node}`;

/** `c2 through n1`, `the final phase through n2`. */
export const clientThrough = (operation: Pick<Operation, "client" | "node">): string =>
  `${who(operation)} through ${operation.node}`;

/** `write 9 (v5)`, `delete 4`. */
export const brief = (operation: Operation): string =>
  operation.f === "write"
    ? `write ${operation.op} (${operation.value ?? "?"})`
    : `${operation.f} ${operation.op}`;

/** `only 2`, or `none` for 0. */
export const onlyOf = (count: number): string => (count === 0 ? "none" : `only ${count}`);

/** `1 replica`, `2 replicas`. */
export const replicaCount = (count: number): string =>
  `${count} ${count === 1 ? "replica" : "replicas"}`;

/** `n1`, `any of n1, n2`. */
export const anyOf = (names: readonly string[]): string =>
  names.length === 1 ? names.join() : `any of ${names.join(", ")}`;

/** `n1`, `n1 and n2`, `n1, n2 and n3`. */
export const allOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

/** Groups names with the same statement, in the order of the first occurrence of each. */
export function together(
  said: Iterable<readonly [name: string, what: string]>,
): (readonly [names: readonly string[], what: string])[] {
  const names = new Map<string, Set<string>>();
  for (const [name, what] of said) names.set(what, (names.get(what) ?? new Set()).add(name));
  return [...names].map(([what, of]) => [[...of], what] as const);
}

/** The versions that a read returned or a replica holds. */
export const returned = (versions: readonly VersionedValue[]): string =>
  versions.length === 0 ? "nothing" : versions.map(({ value }) => valueName(value)).join(", ");
