/**
 * Checks the four session guarantees (Terry et al., PDIS 1994) for each process of a client and each key. With stamps,
 * "at least as new" means an equal or larger stamp; reads that found nothing and equal stamps of different writes have
 * rules of their own. With siblings, it means that the later operation returned the earlier version or has a causal
 * context that covers it; writes without a context and reads after deletes that replicas may have forgotten need not.
 * Without versions, real time and what sessions read decide (plain-sessions.ts).
 */
import { isOk, isRead, type OperationTable } from "../columnar/operation-table.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { contradictions, type Demand, unknownWrite, writeShown } from "./plain-sessions.ts";
import { apart, brief, named, returned } from "../messages/operation-messages.ts";
import { absenceRank } from "../model/absence.ts";
import { possibleDeletes } from "../model/deletes.ts";
import { covers, dominates, dotOf, merge } from "../language/versions.ts";
import { coordinatorHeard } from "./coordinator-heard.ts";
import { faultsOver, replicasBehind, repliesOf } from "../messages/because.ts";
import { repairsNotAwaited } from "../messages/missed-repairs.ts";
import { sameVersion } from "../messages/ties.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import { keyedWorkloads, type Checker, type Definition } from "../model/checker.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export type SessionGuarantee =
  "read-your-writes" | "monotonic-reads" | "monotonic-writes" | "writes-follow-reads";

/** For each guarantee, the kinds of the earlier and the later operation that it compares. */
const pairs: Readonly<
  Record<SessionGuarantee, { readonly earlier: "read" | "write"; readonly later: "read" | "write" }>
> = {
  "read-your-writes": { earlier: "write", later: "read" },
  "monotonic-reads": { earlier: "read", later: "read" },
  "monotonic-writes": { earlier: "write", later: "write" },
  "writes-follow-reads": { earlier: "read", later: "write" },
};

export const session =
  (guarantee: SessionGuarantee) =>
  (model: Model): Judgement => {
    if (model.run.versions === "none") return plainSession(model, guarantee);
    const { table, views } = model.columns;
    const { earlier, later } = pairs[guarantee];
    const last = new Map<number, number>();
    const sessionOf = sessionsOf(table);
    const anomalies: Anomaly[] = [];
    let judged = 0;
    const atLeast = model.run.versions === "stamps" ? byStamp(model) : byContext(model);
    const isHeld = pairsHeld(model, guarantee);
    // Rows are in the order of invocations. Within a process this is the order of operations, since a process runs one
    // at a time.
    for (let row = 0; row < table.count; row++) {
      if (table.outcome[row] !== isOk) continue;
      const kind = table.f[row] === isRead ? "read" : "write";
      const session = sessionOf(row);
      const before = last.get(session) ?? -1;
      if (
        before >= 0 &&
        kind === later &&
        (table.endUs[before] as number) <= (table.startUs[row] as number) &&
        !blind(model, row) &&
        isHeld(row, before)
      ) {
        judged++;
        if (!atLeast(row, before))
          anomalies.push(anomalyOf(model, guarantee, views.at(before), views.at(row)));
      }
      // If stamps order versions, a read that found nothing does not replace the operation that later ones must follow.
      // For monotonic-reads, a read that returned something older does not replace it either.
      const stands =
        before < 0 ||
        (!saysNothing(model, row) && (guarantee !== "monotonic-reads" || atLeast(row, before)));
      if (kind === earlier && stands) last.set(session, row);
    }
    return judged === 0
      ? notApplicable(
          `no client process had, after an acknowledged ${earlier}, a ${later} of the same key that can be compared with it${isHeld === always ? "" : " and for which the settings promise an order"}`,
        )
      : conclude({ anomalies, judged });
  };

type Pairs = (later: number, earlier: number) => boolean;
const always: Pairs = () => true;

/**
 * The pairs of a session's operations that the guarantee covers: normally all. With hybrid stamps, a promise about a
 * later write covers only pairs in which the write's coordinator had heard of the earlier operation. With sloppy
 * quorums, the promise of read-your-writes covers only pairs that name enough of the key's own replicas to overlap (PR
 * + PW > N). If the user claims the guarantee, or if it is not promised, all pairs count.
 */
function pairsHeld(model: Model, guarantee: SessionGuarantee): Pairs {
  const { run, columns } = model;
  const { table, authors } = columns;
  if (!run.promised.includes(guarantee) || run.claimed.includes(guarantee)) return always;
  if (guarantee === "read-your-writes" && run.quorums === "sloppy")
    return (later, earlier) =>
      (table.further.get(earlier)?.pw ?? 0) + (table.further.get(later)?.pr ?? 0) > run.n;
  if (pairs[guarantee].later === "read" || run.stamps !== "hybrid") return always;
  const heard = coordinatorHeard(model);
  return (later, earlier) => {
    const version =
      table.f[earlier] === isRead
        ? (table.versionCount[earlier] as number) === 0
          ? -1
          : (table.version[table.firstVersion[earlier] as number] as number)
        : authors.versionOf(earlier);
    return version >= 0 && heard(later, earlier, table.versions.textOf(version));
  };
}

/**
 * Judges a guarantee without versions, by the order that real time and the sessions' reads imply (plain-sessions.ts).
 */
function plainSession(model: Model, guarantee: SessionGuarantee): Judgement {
  const { table, views } = model.columns;
  const { earlier, later } = pairs[guarantee];
  const sessionOf = sessionsOf(table);
  const mayBeDeleted = deletesBegun(model);
  const last = new Map<number, { readonly row: number; readonly write: number }>();
  const demands = new Map<number, Demand[]>();
  let judged = 0;
  for (let row = 0; row < table.count; row++) {
    if (table.outcome[row] !== isOk) continue;
    const kind = table.f[row] === isRead ? "read" : "write";
    const session = sessionOf(row);
    const before = last.get(session);
    const write = writeShown(model, row, mayBeDeleted);
    if (write === unknownWrite) continue;
    const follows =
      before !== undefined &&
      kind === later &&
      (table.endUs[before.row] as number) <= (table.startUs[row] as number);
    if (follows) {
      judged++;
      const key = table.key[row] as number;
      const demand = { from: before.write, to: write, earlier: before.row, later: row };
      const known = demands.get(key);
      if (known === undefined) demands.set(key, [demand]);
      else known.push(demand);
    }
    if (kind === earlier) last.set(session, { row, write });
  }
  if (judged === 0)
    return notApplicable(
      `no client process had, after an acknowledged ${earlier}, a ${later} of the same key that can be compared with it`,
    );
  const anomalies: Anomaly[] = [];
  for (const [key, of] of demands) {
    // Throws HistoryError if two writes of the key have the same value, since the writer of that value is then unknown.
    model.writers(table.keys.textOf(key));
    for (const [first, ...others] of contradictions(model, key, of)) {
      if (first === undefined) continue;
      const anomaly = anomalyOf(model, guarantee, views.at(first.earlier), views.at(first.later));
      anomalies.push(
        others.length === 0
          ? anomaly
          : {
              ...anomaly,
              explanation: [first, ...others]
                .map((one) => inOrder(views.at(one.earlier), views.at(one.later)))
                .join("; ")
                .concat("; no single order of the writes explains all of these"),
              operations: [first, ...others]
                .flatMap((one) => [table.op[one.earlier] as number, table.op[one.later] as number])
                .slice(0, 6),
            },
      );
    }
  }
  return conclude({ anomalies, judged });
}

const inOrder = (earlier: Operation, later: Operation): string =>
  `${named(later)} returned ${returned(later.versions)} after ${earlier.f === "read" ? `${brief(earlier)} had returned ${returned(earlier.versions)}` : `${brief(earlier)} had been acknowledged`}`;

function deletesBegun(model: Model): (key: number, byUs: number) => boolean {
  const first = new Map<number, number>();
  return (key, byUs) => {
    let startUs = first.get(key);
    if (startUs === undefined) {
      startUs = model.columns.table.startUs[possibleDeletes(model, key)[0] ?? -1] ?? Infinity;
      first.set(key, startUs);
    }
    return startUs <= byUs;
  };
}

/** A number for each combination of client process and key. */
function sessionsOf({ client, process, key, keys }: OperationTable): (row: number) => number {
  const processes: Map<number, number>[] = [];
  let count = 0;
  return (row) => {
    const own = (processes[client[row] as number] ??= new Map());
    let number = own.get(process[row] as number);
    if (number === undefined) own.set(process[row] as number, (number = count++));
    return number * keys.count + (key[row] as number);
  };
}

/** With siblings, a put without a context need not follow any other operation of its session. */
const blind = ({ run, columns: { table } }: Model, row: number): boolean =>
  run.versions === "siblings" && table.f[row] !== isRead && (table.contextOf[row] as number) < 0;

type AtLeast = (later: number, earlier: number) => boolean;

/**
 * Whether the row is a read that found nothing in a store with stamps: it may show some delete, or none. With siblings,
 * the context of such a read says what it shows.
 */
const saysNothing = ({ run, columns: { table } }: Model, row: number): boolean =>
  run.versions === "stamps" && table.f[row] === isRead && table.versionCount[row] === 0;

/** Compares rows by stamps: those that writes were given and those of the versions that reads returned. */
function byStamp(model: Model): AtLeast {
  const { table, authors } = model.columns;
  const { ranks } = authors;
  const checked = new Set<number>();
  // The rank of the version that the row wrote or returned, or −1 if that version is unknown.
  const rankOf = (row: number): number => {
    const key = table.key[row] as number;
    if (!checked.has(key)) {
      // Throws HistoryError if two writes of the key have the same value, since the writer of that value is then
      // unknown.
      model.writers(table.keys.textOf(key));
      checked.add(key);
    }
    const at = table.firstVersion[row] as number;
    const version =
      table.f[row] === isRead
        ? authors.ranking(table.version[at] as number, table.versionValue[at] as number)
        : authors.versionOf(row);
    return version < 0 ? -1 : (ranks[version] as number);
  };
  const writerOf = (row: number): number => {
    const at = table.firstVersion[row] as number;
    return table.f[row] === isRead
      ? authors.of(table.version[at] as number, table.versionValue[at] as number)
      : row;
  };
  /** If two writes have equal stamps, one that was acknowledged before the other began counts as older. */
  const isOlderOfTie = (later: number, earlier: number): boolean => {
    const shown = writerOf(later);
    const due = writerOf(earlier);
    return (
      shown >= 0 &&
      due >= 0 &&
      shown !== due &&
      table.outcome[shown] === isOk &&
      (table.endUs[shown] as number) < (table.startUs[due] as number)
    );
  };
  return (later, earlier) => {
    // A read of nothing may show a delete or none. As the earlier operation it therefore demands nothing. As the later
    // one it counts as being as new as the newest delete that it may show.
    if (saysNothing(model, earlier)) return true;
    const before = rankOf(earlier);
    if (before < 0) return true;
    if (saysNothing(model, later)) return absenceRank(model, later) >= before;
    const own = rankOf(later);
    return own > before || (own === before && !isOlderOfTie(later, earlier));
  };
}

/** Compares rows by causal contexts: the later row must cover what the earlier one wrote or had seen. */
function byContext(model: Model): AtLeast {
  const { table, views } = model.columns;
  const mayBeDeleted = deletesBegun(model);
  return (laterRow, earlierRow) => {
    const later = views.at(laterRow);
    const earlier = views.at(earlierRow);
    const shown = later.versions.map(({ version }) => version);
    // If a tombstone may be gone, the replicas may have forgotten the delete and the versions that it removed.
    if (
      model.run.deletes !== undefined &&
      later.f === "read" &&
      mayBeDeleted(table.key[laterRow] as number, later.endUs)
    )
      return true;
    if (earlier.f !== "read")
      return earlier.versions.every(
        ({ version }) => shown.includes(version) || covers(seenBy(model, later), version),
      );
    const context = seenBy(model, later);
    return (
      earlier.context === undefined ||
      (context !== undefined && dominates(context, earlier.context))
    );
  };
}

/**
 * For siblings: the context that an operation had seen. For a read, it is the context that the read returned. For a
 * write, it is the context of the operation in `contextOf`. If that operation is a write that returned no context, the
 * dots of that write are added to the context which that write itself had seen.
 */
function seenBy(model: Model, operation: Operation): Operation["context"] {
  if (operation.f === "read") return operation.context;
  const source =
    operation.contextOf === undefined ? undefined : model.operation.get(operation.contextOf);
  if (source === undefined || source.f === "read" || source.context !== undefined)
    return source?.context;
  const before = source.op < operation.op ? seenBy(model, source) : undefined;
  const own = source.versions.map(({ version }) => dotOf(version));
  return merge("siblings", [
    { versions: [], context: before ?? {} },
    ...own.map(({ actor, counter }) => ({ versions: [], context: { [actor]: counter } })),
  ]).context;
}

function anomalyOf(
  model: Model,
  guarantee: SessionGuarantee,
  earlier: Operation,
  later: Operation,
): Anomaly {
  const had =
    earlier.f === "read"
      ? `${brief(earlier)} had returned ${returned(earlier.versions)}`
      : `${brief(earlier)} had been acknowledged`;
  // The writes that a later read should have shown: the earlier write, or the writes that the earlier read returned.
  const writers = model.writers(later.key);
  const due =
    later.f !== "read"
      ? []
      : earlier.f !== "read"
        ? [earlier]
        : earlier.versions.flatMap((versioned) => writers.of(versioned) ?? []);
  const does =
    later.f === "read"
      ? `returned ${returned(later.versions)}, ${howOlder(model, later, earlier, due)}`
      : `is not ordered after ${brief(earlier)}`;
  const behind = due.flatMap((write) =>
    replicasBehind(model, write, writers.versionOf(write), later),
  );
  return {
    guarantee,
    explanation: `${named(later)} ${does}, although ${had} to the same client ${apart(later.startUs - earlier.endUs)} before this ${later.f} began`,
    operations: [earlier.op, later.op],
    key: later.key,
    atUs: later.endUs,
    because: [
      ...due.flatMap((write) => sameVersion(model, write)),
      ...repliesOf(model, later),
      ...repairsNotAwaited(model, earlier),
      ...behind,
      ...faultsOver(model, later.key, earlier.startUs, later.endUs),
    ],
  };
}

/** A clause that says why what the later read returned is not new enough. `due`: the writes that it should have shown. */
function howOlder(
  model: Model,
  later: Operation,
  earlier: Operation,
  due: readonly Operation[],
): string {
  const { run } = model;
  if (run.versions === "siblings")
    return earlier.f === "read"
      ? `which neither includes nor supersedes all that ${brief(earlier)} had returned`
      : `which neither includes nor supersedes ${brief(earlier)}`;
  const [shown] = later.versions;
  const writers = model.writers(later.key);
  // Two writes may have got the same stamp. Then real time decides which of the two is older.
  const isByStamp =
    run.versions === "stamps" &&
    shown !== undefined &&
    !due.some((write) => writers.versionOf(write) === writers.rank(shown));
  return `which is older${isByStamp ? " by its stamp" : ""}`;
}

/** The checker of one session guarantee. */
const sessionChecker = <Name extends SessionGuarantee>(
  name: Name,
  meaning: string,
  needs: Checker["needs"],
  definition: Definition,
): Checker<Name> => ({
  name,
  meaning,
  ...definition,
  needs,
  workloads: keyedWorkloads,
  check: session(name),
});

export const readYourWrites = sessionChecker(
  "read-your-writes",
  "a client's read is at least as new as the same client's last acknowledged write",
  [],
  {
    predicate:
      "For each client process and key: a read returns a version at least as new as the process's last acknowledged write that ended before the read began. Stamps or causal contexts tell which version is newer; without versions, real time and what the reads return tell it. Where sloppy quorums promise this, only reads and writes with PR + PW > N are judged.",
    source: "Terry et al., Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994.",
  },
);

export const monotonicReads = sessionChecker(
  "monotonic-reads",
  "a client's read is at least as new as the same client's last read",
  [],
  {
    predicate:
      "For each client process and key: a read returns a version at least as new as the process's last read that ended before this read began. Stamps or causal contexts tell which version is newer; without versions, real time and what the reads return tell it.",
    source: "Terry et al., PDIS 1994.",
  },
);

export const monotonicWrites = sessionChecker(
  "monotonic-writes",
  "a client's write is ordered after the same client's last acknowledged write",
  ["versions"],
  {
    predicate:
      "For each client process and key: a write's version comes after the version of the process's last acknowledged write. Where hybrid stamps promise this, a write is judged only if its coordinator knew of the earlier write: in the same boot it had answered or stored the earlier write.",
    source: "Terry et al., PDIS 1994.",
  },
);

export const writesFollowReads = sessionChecker(
  "writes-follow-reads",
  "a client's write is ordered after the version that the same client last read",
  ["versions"],
  {
    predicate:
      "For each client process and key: a write's version comes after the version that the process last read. Where hybrid stamps promise this, a write is judged only if its coordinator knew of that version: in the same boot it had answered the read or stored the version.",
    source: "Terry et al., PDIS 1994.",
  },
);
