/**
 * Finds which replica held which version of a key when, from the syncs of the replica's log, from the data that the
 * replica dropped or lost, and from inspections that contradict both. Also finds when replicas differed, and what ended
 * each difference.
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
  /** How the replica came to hold nothing. Absent: the evidence shows no drop or loss. */
  readonly gone?: Gone;
  /** True: an inspection showed this state, which contradicts what syncs, drops and restarts show. */
  readonly inspected?: true;
}

/**
 * How a replica came to hold nothing of a key: it dropped the tombstone, it dropped the key because it no longer owns
 * the key, or a restart did not find the key's data in the log.
 */
export type Gone = "tombstone dropped" | "key dropped" | "not found at the restart";

export type Replicas = ReadonlyMap<NodeName, readonly Held[]>;

export interface Divergence {
  readonly fromUs: number;
  /** When the replicas held the same again. Absent: they still differed at the end of the history. */
  readonly toUs?: number;
  /**
   * The last replica to become equal, and what brought the data to it. Absent: the replicas still differ, or the
   * divergence ended because the key's owners changed.
   */
  readonly last?: { readonly node: NodeName } & Pick<Held, "cause" | "gone">;
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
  const logs = new Logs();
  for (const event of events) {
    if (event.e === "received" && event.frame === "replica-write") {
      for (const version of event.versions)
        causes.set(`${event.node} ${version} ${event.key}`, event.cause);
    }
    for (const { node, key, versions, gone, inspected } of changesOf(
      event,
      found,
      logs,
      originUs,
    )) {
      if (run === undefined && !found.has(key)) found.set(key, new Map());
      const replicas = found.get(key);
      const held = replicas?.get(node) ?? (run === undefined ? [] : undefined);
      if (
        replicas === undefined ||
        held === undefined ||
        same(held.at(-1)?.versions ?? [], versions)
      )
        continue;
      replicas.set(node, held);
      const cause = versions
        .map((version) => causes.get(`${node} ${version} ${key}`))
        .find((each) => each !== undefined);
      held.push({
        fromUs: ("atUs" in event ? event.atUs : originUs) - originUs,
        versions,
        ...(cause !== undefined && { cause }),
        ...(gone !== undefined && { gone }),
        ...(inspected && { inspected }),
      });
    }
  }
  return found;
}

/** What a node holds of a key after an event. */
interface HeldChange {
  readonly node: NodeName;
  readonly key: Key;
  readonly versions: readonly VersionName[];
  readonly gone?: Gone;
  readonly inspected?: true;
}

type Found = ReadonlyMap<Key, ReadonlyMap<NodeName, readonly Held[]>>;

/** The changes of what nodes hold that this event shows. A hint for another node does not count. */
function changesOf(
  event: HistoryEvent,
  found: Found,
  logs: Logs,
  originUs: number,
): readonly HeldChange[] {
  switch (event.e) {
    case "inspect":
      return event.when === "empty" ? [] : contradictions(event, found, logs, originUs);
    case "sent":
      if (event.frame === "other" && event.detail === "inspected")
        logs.inspect(event.node, event.atUs);
      return [];
    case "sync": {
      const before = event.recovered === true ? [] : logs.endRecovery(event.node);
      const stored = event.records.flatMap(({ key, versions, hintFor, dropped }) =>
        hintFor !== undefined || logs.isKeptBack(event, key, versions)
          ? []
          : [{ node: event.node, key, versions, ...(dropped && { gone: keyDropped }) }],
      );
      return [...before, ...stored];
    }
    case "boot":
      if (event.phase === "start") logs.start(event.node);
      return [];
    case "explain":
      if (event.what !== "ready") return droppedBy(event, found, logs);
      return [
        ...(event.boot > 1 ? notRecovered(event.node, found, logs) : []),
        ...logs.endRecovery(event.node),
      ];
    default:
      return [];
  }
}

/**
 * If the node recorded no answer to an inspection, the answer may be this many microseconds older than the inspection's
 * event.
 */
const inspectionUs = 1_000_000;

/**
 * The states that an inspection showed, of those keys of which the node, by the other evidence, held something else all
 * the time since it answered. Thus a store that recovers less than its disk has is not said to hold what its disk has.
 */
function contradictions(
  { node, state, atUs }: Extract<HistoryEvent, { e: "inspect" }>,
  found: Found,
  logs: Logs,
  originUs: number,
): readonly HeldChange[] {
  const beganUs = (logs.inspectedUs(node) ?? atUs - inspectionUs) - originUs;
  return [...found].flatMap(([key, replicas]) => {
    const held = replicas.get(node);
    const versions = (state[key]?.versions ?? []).map(({ version }) => version);
    const before = held?.findLast(({ fromUs }) => fromUs <= beganUs)?.versions ?? [];
    const during = held?.filter(({ fromUs }) => fromUs > beganUs) ?? [];
    return held === undefined ||
      [before, ...during.map((each) => each.versions)].some((each) => same(each, versions))
      ? []
      : [{ node, key, versions, inspected: true as const }];
  });
}

const keyDropped = "key dropped" as const;

/**
 * The change that this event shows if the node dropped a key's tombstone or data, else nothing. The bundled store
 * records such events.
 */
function droppedBy(
  { node, what, key }: Extract<HistoryEvent, { e: "explain" }>,
  found: Found,
  logs: Logs,
): readonly HeldChange[] {
  if (key === undefined || (what !== "tombstone dropped" && what !== keyDropped)) return [];
  const held = found.get(key)?.get(node)?.at(-1);
  if (held !== undefined && what === "tombstone dropped") logs.drop(node, key, held.versions);
  return [{ node, key, versions: [], gone: what }];
}

/**
 * The changes by a restart that lost data: for each key that the node held before and of which the restart found
 * nothing in the log.
 */
const notRecovered = (node: NodeName, found: Found, logs: Logs): readonly HeldChange[] =>
  [...found].flatMap(([key, replicas]) =>
    (replicas.get(node)?.at(-1)?.versions ?? []).length === 0 || logs.isRecovered(node, key)
      ? []
      : [{ node, key, versions: [], gone: "not found at the restart" as const }],
  );

/**
 * Tells records that change what a node holds from records that do not. To drop a tombstone, the store writes a record
 * with the tombstone's version to its log. The sync of that record looks as if the replica stored the tombstone once
 * more. A restart may read several records of a key, of which only the last one counts. Also remembers when nodes
 * answered inspections.
 */
class Logs {
  readonly #dropping = new Map<string, readonly VersionName[]>();
  readonly #dropped = new Map<string, readonly VersionName[]>();
  readonly #inspected = new Map<NodeName, number>();
  readonly #recovered = new Map<NodeName, Map<Key, readonly VersionName[]>>();

  /** Remembers that the node drops a tombstone, and that the record of the drop is not synced yet. */
  drop(node: NodeName, key: Key, versions: readonly VersionName[]): void {
    this.#dropping.set(`${node} ${key}`, versions);
  }

  /**
   * Whether this record of a sync does not show what the node holds now: the record drops a tombstone, or a restart
   * that is still under way read the record. Also remembers what the record shows.
   */
  isKeptBack(
    { node, recovered }: Extract<HistoryEvent, { e: "sync" }>,
    key: Key,
    versions: readonly VersionName[],
  ): boolean {
    const id = `${node} ${key}`;
    if (recovered === true) {
      const gone = this.#dropped.get(id);
      const isGone = gone !== undefined && same(gone, versions);
      this.#recovered.get(node)?.set(key, isGone ? [] : versions);
      return this.#recovered.has(node);
    }
    const dropping = this.#dropping.get(id);
    if (dropping !== undefined && same(dropping, versions)) {
      this.#dropping.delete(id);
      this.#dropped.set(id, versions);
      return true;
    }
    this.#dropped.delete(id);
    return false;
  }

  /** Remembers that the node starts. Forgets drops of tombstones that the node had not synced. */
  start(node: NodeName): void {
    this.#recovered.set(node, new Map());
    for (const id of this.#dropping.keys())
      if (id.startsWith(`${node} `)) this.#dropping.delete(id);
  }

  /** Remembers when the node answered an inspection. */
  inspect(node: NodeName, atUs: number): void {
    this.#inspected.set(node, atUs);
  }

  /** When the node last answered an inspection. Undefined: no answer is recorded. */
  inspectedUs(node: NodeName): number | undefined {
    return this.#inspected.get(node);
  }

  isRecovered(node: NodeName, key: Key): boolean {
    return this.#recovered.get(node)?.has(key) === true;
  }

  /**
   * Ends the recovery of the node's log. Returns what the restart found of each key, or nothing if no recovery was
   * under way.
   */
  endRecovery(node: NodeName): readonly HeldChange[] {
    const found = this.#recovered.get(node) ?? new Map<Key, readonly VersionName[]>();
    this.#recovered.delete(node);
    return [...found].map(([key, versions]) => ({ node, key, versions }));
  }
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
 * The times in which the replicas did not all hold the same, in order. A replica that dropped a tombstone counts as
 * equal to replicas that all still hold the tombstone, and also to replicas that all hold nothing.
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
  const nothing = { text: "", isEmpty: true };
  const now = new Map<NodeName, typeof nothing>(
    [...replicas.keys()].map((node) => [node, nothing]),
  );
  const counted = (atUs: number): readonly (typeof nothing)[] =>
    owning.length === 0
      ? [...now.values()]
      : owning
          .filter(({ fromUs, toUs }) => fromUs <= atUs && atUs < toUs)
          .map(({ node }) => now.get(node) ?? nothing);
  const areEqual = (states: readonly (typeof nothing)[]): boolean =>
    new Set(states.map((state) => state.text)).size <= 1 || states.every(({ isEmpty }) => isEmpty);
  const found: Divergence[] = [];
  let sinceUs: number | undefined;
  for (const { node, fromUs, versions = [], cause, gone } of changes) {
    if (node !== undefined)
      now.set(node, {
        text: gone === "tombstone dropped" ? (now.get(node)?.text ?? "") : text(versions),
        isEmpty: versions.length === 0,
      });
    const equal = areEqual(counted(fromUs));
    if (equal && sinceUs !== undefined) {
      found.push({
        fromUs: sinceUs,
        toUs: fromUs,
        ...(node !== undefined && {
          last: {
            node,
            ...(cause !== undefined && { cause }),
            ...(gone !== undefined && { gone }),
          },
        }),
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
