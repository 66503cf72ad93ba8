/**
 * Finds which replica held which version of a key when, from the syncs of the replica's log. Also finds where replicas
 * differed, and what ended each difference.
 */
import type { HistoryEvent, Key, NodeName, StoreCause, VersionName } from "../../checkers/index.ts";
import { everOwners } from "./rings.ts";
import type { TraceOwner } from "./trace-shape.ts";

/** What a replica holds durably from `fromUs` until its next state. */
export interface Held {
  readonly fromUs: number;
  readonly versions: readonly VersionName[];
  /** Why the message was sent that brought this state. Undefined: the evidence shows no such message. */
  readonly cause?: StoreCause;
}

export type Replicas = ReadonlyMap<NodeName, readonly Held[]>;

export interface Divergence {
  readonly fromUs: number;
  /** When the replicas held the same again. Absent: they still differed at the end of the history. */
  readonly toUs?: number;
  /**
   * The last replica to become equal, and what brought the data to it. Absent: the replicas still differ, or the
   * divergence ended because the key's owners changed.
   */
  readonly last?: { readonly node: NodeName; readonly cause?: StoreCause };
}

/**
 * What each replica of a key held over time, for the keys with a preference list in the history. The replicas are the
 * nodes of that list and the key's later owners. If the history has no `run` event, its syncs say which nodes hold
 * which keys. Times are relative to `originUs`.
 */
export function heldByKey(
  events: readonly HistoryEvent[],
  originUs: number,
): ReadonlyMap<Key, Replicas> {
  const run = events.find((event) => event.e === "run");
  const found = new Map<Key, Map<NodeName, Held[]>>();
  const rings = events.filter((event) => event.e === "run" || event.e === "ring");
  for (const key of Object.keys(run?.preference ?? {}))
    found.set(key, new Map(everOwners(rings, key).map((node) => [node, []])));
  const causes = new Map<string, StoreCause>();
  for (const event of events) {
    if (event.e === "received" && event.frame === "replica-write") {
      for (const version of event.versions)
        causes.set(`${event.node} ${version} ${event.key}`, event.cause);
    }
    if (event.e !== "sync") continue;
    for (const { key, versions, hintFor } of event.records) {
      // A hint for another node is not part of what this replica holds.
      if (hintFor !== undefined) continue;
      if (run === undefined && !found.has(key)) found.set(key, new Map());
      const replicas = found.get(key);
      const held = replicas?.get(event.node) ?? (run === undefined ? [] : undefined);
      if (
        replicas === undefined ||
        held === undefined ||
        same(held.at(-1)?.versions ?? [], versions)
      )
        continue;
      replicas.set(event.node, held);
      const cause = versions
        .map((version) => causes.get(`${event.node} ${version} ${key}`))
        .find((each) => each !== undefined);
      held.push({ fromUs: event.atUs - originUs, versions, ...(cause !== undefined && { cause }) });
    }
  }
  return found;
}

/** What the replicas held of one key when each was asked directly. */
export interface Inspection {
  readonly atUs: number;
  readonly held: ReadonlyMap<NodeName, readonly VersionName[]>;
}

/**
 * For a run without evidence: what the first and the last inspection showed, not counting that of the still empty
 * cluster. Times are relative to `originUs`. Undefined for a run with evidence, since syncs tell more, and without a
 * `run` event.
 */
export function inspectionsOf(
  events: readonly HistoryEvent[],
  key: Key,
  originUs: number,
): readonly Inspection[] | undefined {
  const run = events.find((event) => event.e === "run");
  if (run?.capabilities.evidence !== false) return undefined;
  const found = new Map<number, Map<NodeName, readonly VersionName[]>>();
  for (const event of events) {
    if (event.e !== "inspect" || event.when === "empty") continue;
    const held = found.get(event.atUs) ?? new Map<NodeName, readonly VersionName[]>();
    const versions = event.state[key]?.versions ?? [];
    held.set(
      event.node,
      versions.map(({ version }) => version),
    );
    found.set(event.atUs, held);
  }
  const all = [...found].map(([atUs, held]) => ({ atUs: atUs - originUs, held }));
  return all.length > 2 ? [...all.slice(0, 1), ...all.slice(-1)] : all;
}

/**
 * The times in which the replicas did not all hold the same, in order.
 *
 * @param owners The key's owners over time, if they changed. Then only the owners of each time that answer reads are
 *   compared. Empty or absent: all replicas are compared.
 */
export function divergences(
  replicas: Replicas,
  owners: readonly TraceOwner[] = [],
): readonly Divergence[] {
  const owning = owners.filter(({ role }) => role === "owner");
  const changes: readonly Change[] = [
    ...[...replicas].flatMap(([node, held]) => held.map((each) => ({ node, ...each }))),
    ...owning.flatMap(({ fromUs, toUs }) => [{ fromUs }, { fromUs: toUs }]),
  ].sort((a, b) => a.fromUs - b.fromUs);
  const now = new Map<NodeName, string>([...replicas.keys()].map((node) => [node, ""]));
  const counted = (atUs: number): readonly string[] =>
    owning.length === 0
      ? [...now.values()]
      : owning
          .filter(({ fromUs, toUs }) => fromUs <= atUs && atUs < toUs)
          .map(({ node }) => now.get(node) ?? "");
  const found: Divergence[] = [];
  let sinceUs: number | undefined;
  for (const { node, fromUs, versions = [], cause } of changes) {
    if (node !== undefined) now.set(node, text(versions));
    const equal = new Set(counted(fromUs)).size <= 1;
    if (equal && sinceUs !== undefined) {
      found.push({
        fromUs: sinceUs,
        toUs: fromUs,
        ...(node !== undefined && { last: { node, ...(cause !== undefined && { cause }) } }),
      });
      sinceUs = undefined;
    } else if (!equal) sinceUs ??= fromUs;
  }
  return sinceUs === undefined ? found : [...found, { fromUs: sinceUs }];
}

/** A change of what a node holds. Without `node`, a change of the key's owners. */
type Change = Partial<Held> & { readonly fromUs: number; readonly node?: NodeName };

/**
 * The value that a client wrote under each version, for example "v3" or "(deleted)". The values come from the results
 * of operations, inspections, and messages to replicas.
 */
export function valuesOfVersions(
  events: readonly HistoryEvent[],
): ReadonlyMap<VersionName, string> {
  const values = new Map<VersionName, string>();
  const written = new Map<number, string>();
  for (const event of events) {
    if (event.e === "invoke" && event.f !== "read")
      written.set(event.op, event.value ?? "(deleted)");
    if (event.e === "ok")
      for (const { version, value } of event.versions ?? [])
        if (version !== undefined) values.set(version, value ?? "(deleted)");
    if (event.e === "inspect")
      for (const { version, value } of Object.values(event.state).flatMap((held) => held.versions))
        if (!values.has(version)) values.set(version, value ?? "(deleted)");
    // No acknowledgement names the version of an indeterminate write, but the messages to its replicas do.
    if (
      event.e === "sent" &&
      event.frame === "replica-write" &&
      event.cause === "write" &&
      event.trace !== undefined
    ) {
      const [version] = event.versions;
      const value = written.get(event.trace);
      if (
        event.versions.length === 1 &&
        version !== undefined &&
        value !== undefined &&
        !values.has(version)
      )
        values.set(version, value);
    }
  }
  return values;
}

const text = (versions: readonly string[]): string =>
  versions.length < 2 ? (versions[0] ?? "") : [...versions].sort().join(" ");
const same = (a: readonly string[], b: readonly string[]): boolean => text(a) === text(b);
