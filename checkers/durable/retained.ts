/**
 * Checks `retained`: after each restart, a node shows everything that it had synced and that no disk damage took. Keys
 * whose tombstones may be removed and keys that the node stopped owning are not judged. Each node is judged alone: by
 * the Host's record of its syncs, by what the Host read back at the start, and by the node's replies and inspections
 * since then. N, R and W do not matter.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { containsVersion, type NamedState } from "../evidence/contains.ts";
import { hasEffect } from "../model/fault-windows.ts";
import { milliseconds } from "../messages/operation-messages.ts";
import { versionsByWriter } from "../messages/version-messages.ts";
import { addToGroup } from "../numbers/groups.ts";
import type { ReadReply } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type {
  BootEvent,
  DurableRecord,
  InspectEvent,
  Key,
  NodeName,
  SyncEvent,
  VersionName,
} from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const retained: Checker<"retained"> = {
  name: "retained",
  meaning:
    "after a restart a node still shows everything that it had synced and that no damage destroyed",
  predicate:
    "After each restart a node shows every record that its log had synced and that no damage destroyed, or a version that contains the record. A record that a periodic log had not synced need not survive.",
  source:
    "quorate's own rule on the durability of one node, judged by the syncs that the node's Host recorded.",
  needs: ["evidence", "versions", "quorums"],
  workloads: keyedWorkloads,
  check: judgeRetained,
};

/** A record that the node must still hold, with the sync that proves it. */
interface Owed {
  readonly record: DurableRecord;
  readonly sync: SyncEvent;
}

/** The records that a node must hold, by key. No record of a key contains another. */
type Debts = Map<Key, readonly Owed[]>;

/** The state of a key that a node showed at one time. */
interface Shown {
  readonly atUs: number;
  readonly state: NamedState;
  /** The reply in which the node showed the state. Null: the node was inspected. */
  readonly reply: ReadReply | null;
}

function judgeRetained(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  const comings = comingsAndGoings(model);
  const syncsOf = new Map<string, SyncEvent[]>();
  for (const sync of model.evidence.syncEvents)
    addToGroup(syncsOf, `${sync.node} ${sync.boot}`, sync);
  const repliesOf = new Map<NodeName, ReadReply[]>();
  for (const reply of model.evidence.told) addToGroup(repliesOf, reply.node, reply);
  for (const node of model.run.nodes) {
    const shown = shownBy(model, node, repliesOf.get(node) ?? []);
    let owed: Debts = new Map();
    for (const boot of model.evidence.bootStarts(node)) {
      const syncs = syncsOf.get(`${node} ${boot.boot}`) ?? [];
      if (isDamaged(model, node, boot)) owed = new Map();
      for (const sync of syncs) if (sync.recovered === true) owe(model, owed, sync);
      for (const [key, of] of shown.get(boot.boot) ?? []) {
        const debts = comings.has(key) ? [] : (owed.get(key) ?? []);
        if (debts.length === 0) continue;
        judged += of.length;
        const anomaly = firstLoss(model, { node, boot, key }, debts, of);
        if (anomaly !== null) anomalies.push(anomaly);
      }
      for (const sync of syncs) owe(model, owed, sync);
    }
  }
  if (judged === 0 && anomalies.length === 0)
    return notApplicable(
      "after a restart no node was read or inspected for a key that the node had synced before, other than keys that a delete or disk damage may have removed",
    );
  return conclude({ anomalies, judged });
}

/**
 * The keys whose tombstones may be removed. Without its tombstone, a replica may show nothing, or an older value that
 * it got from another node.
 */
function comingsAndGoings({ run, keys }: Model): ReadonlySet<Key> {
  if (run.deletes === undefined) return new Set();
  return new Set(
    [...keys].flatMap(([key, operations]) =>
      operations.some(({ f, outcome }) => f === "delete" && outcome !== "fail") ? [key] : [],
    ),
  );
}

/**
 * Whether this is the node's first boot after disk damage, or a boot during it. Data that earlier boots synced may then
 * be gone. The Host has read back what is left.
 */
function isDamaged(
  { faults, faultEvents, evidence }: Model,
  node: NodeName,
  { atUs }: BootEvent,
): boolean {
  const before = evidence.bootStarts(node).findLast((boot) => boot.atUs < atUs)?.atUs ?? -Infinity;
  return faults.some((damage) => {
    if (!damage.nodes.has(node) || !hasEffect(damage, "synced-data-lost")) return false;
    const doneUs =
      faultEvents.find(({ fault, phase }) => fault === damage.fault && phase === "injected")
        ?.atUs ?? Infinity;
    return damage.fromUs <= atUs && before < doneUs;
  });
}

function owe({ run }: Model, owed: Debts, sync: SyncEvent): void {
  for (const record of sync.records) {
    if (record.hintFor !== undefined || run.preference[record.key]?.includes(sync.node) !== true)
      continue;
    const known = owed.get(record.key) ?? [];
    const has = (state: NamedState, versions: readonly VersionName[]): boolean =>
      versions.every((version) => containsVersion(run.versions, state, version));
    if (known.some((one) => has(one.record, record.versions))) continue;
    const others = known.filter((one) => !has(record, one.record.versions));
    owed.set(record.key, [...others, { record, sync }]);
  }
}

/** The states that the node showed to readers and inspections, by boot and key. */
function shownBy(
  { evidence, inspections, run }: Model,
  node: NodeName,
  replies: readonly ReadReply[],
): ReadonlyMap<number, ReadonlyMap<Key, readonly Shown[]>> {
  const shown = new Map<number, Map<Key, Shown[]>>();
  const add = (boot: number, key: Key, one: Shown): void => {
    const keys = shown.get(boot) ?? new Map<Key, Shown[]>();
    shown.set(boot, keys);
    addToGroup(keys, key, one);
  };
  for (const reply of replies)
    add(reply.boot, reply.key, { atUs: reply.atUs, state: reply, reply });
  const starts = evidence.bootStarts(node);
  for (const inspection of inspections) {
    const boot = starts.findLast(({ atUs }) => atUs <= inspection.atUs)?.boot;
    if (inspection.node !== node || inspection.when === "empty" || boot === undefined) continue;
    for (const [key, replicas] of Object.entries(run.preference))
      if (replicas.includes(node))
        add(boot, key, {
          atUs: inspection.atUs,
          state: stateIn(inspection, key),
          reply: null,
        });
  }
  return shown;
}

function stateIn({ state }: InspectEvent, key: Key): NamedState {
  const held = Object.hasOwn(state, key) ? state[key] : undefined;
  return {
    versions: held?.versions.map(({ version }) => version) ?? [],
    ...(held?.context === undefined ? {} : { context: held.context }),
  };
}

interface Place {
  readonly node: NodeName;
  readonly boot: BootEvent;
  readonly key: Key;
}

/** The anomaly of the first state in this boot that lacks something that the node had to hold. Null: there is none. */
function firstLoss(
  model: Model,
  place: Place,
  debts: readonly Owed[],
  shown: readonly Shown[],
): Anomaly | null {
  for (const one of shown) {
    for (const { record, sync } of debts) {
      if (!isOwner(model, place, sync.atUs, one.atUs)) continue;
      const lost = record.versions.filter(
        (version) => !containsVersion(model.run.versions, one.state, version),
      );
      if (lost.length > 0) return anomalyOf(model, place, { sync, lost, shown: one });
    }
  }
  return null;
}

/**
 * Whether the node owned the key in every ring that it used in this time. A node that stops owning a key may drop the
 * key at any time without a sync.
 */
const isOwner = ({ rings }: Model, { node, key }: Place, fromUs: number, toUs: number): boolean =>
  rings
    .of(node, fromUs, toUs)
    .every(({ reads, writes }) =>
      [reads, ...writes].some(({ preference }) => preference[key]?.includes(node) === true),
    );

function anomalyOf(
  model: Model,
  { node, boot, key }: Place,
  {
    sync,
    lost,
    shown,
  }: { readonly sync: SyncEvent; readonly lost: readonly VersionName[]; readonly shown: Shown },
): Anomaly {
  const what = versionsByWriter(model, key, lost);
  const writers = lost.flatMap((version) => model.writers(key).byVersion(version)?.op ?? []);
  const isReadBack = model.evidence.syncEvents.some(
    (read) =>
      read.recovered === true &&
      read.node === node &&
      read.boot === boot.boot &&
      read.records.some(
        (record) =>
          record.key === key &&
          record.hintFor === undefined &&
          lost.every((version) => containsVersion(model.run.versions, record, version)),
      ),
  );
  const first = model.evidence.syncs.first(model.run.versions, node, key, lost[0] as VersionName);
  const syncedUs = (first ?? sync).atUs;
  const final = model.phases.find(({ phase }) => phase === "final-phase")?.atUs ?? Infinity;
  return {
    guarantee: "retained",
    explanation:
      (syncedUs < boot.atUs
        ? `${node} synced ${what} of ${key} at ${milliseconds(syncedUs)} and started again at ${milliseconds(boot.atUs)}, `
        : `${node} started again at ${milliseconds(boot.atUs)} with ${what} of ${key} on its disk, `) +
      `but ${shown.reply === null ? "held" : "told a reader"} ${versionsByWriter(model, key, shown.state.versions)} at ${milliseconds(shown.atUs)}`,
    operations: [...writers, ...(shown.reply?.trace === undefined ? [] : [shown.reply.trace])],
    key,
    atUs: shown.atUs,
    because: [
      isReadBack
        ? `at that start the disk of ${node} still held ${what}, which recovery read and did not use`
        : `at that start the disk of ${node} no longer held ${what}, although no fault had damaged the disk`,
      ...(boot.atUs >= final ? [`that start is the restart of the final phase`] : []),
    ],
  };
}
