/** The rules for siblings-1 to 5 and siblings-7, and no-resurrection for siblings. dots.ts has siblings-6. */
import { brief, milliseconds, valueName } from "../messages/operation-messages.ts";
import { burialOf } from "../messages/burial.ts";
import { carried } from "../messages/version-messages.ts";
import { countBelow, countUpTo } from "../numbers/order.ts";
import { Intervals } from "./intervals.ts";
import { NumberSet } from "../numbers/number-set.ts";
import { standsBecause } from "./standing.ts";
import { covers } from "../language/versions.ts";
import { isAcknowledged } from "../columnar/operation.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import { type Broken, siblingChecker, type SiblingRead, type SiblingRule } from "./siblings.ts";

/** siblings-1: every sibling that a read returns was written by an operation that began before the read ended. */
export const invokedBefore = siblingChecker({
  guarantee: "siblings-1",
  meaning:
    "every sibling that a read returns was written by an operation that began before the read ended",
  predicate:
    "For each read: each sibling was written by an operation that began before the read ended.",
  source: "Preguiça et al., Dotted Version Vectors, 2010.",
  needsQuorum: false,
  on:
    ({ writers }) =>
    ({ read, members, known }) => {
      const early = members.find(({ startUs }) => startUs > read.endUs);
      if (early !== undefined)
        return {
          although: `although ${brief(early)} was invoked only ${milliseconds(early.startUs - read.endUs)} after the read ended`,
          operations: [early.op],
        };
      if (known) return null;
      const candidates = writers.anonymousDeletes.some(({ startUs }) => startUs <= read.endUs);
      const foreign = read.versions.find(
        (versioned) =>
          writers.of(versioned) === undefined && !(versioned.value === null && candidates),
      );
      return foreign === undefined
        ? null
        : {
            although: `although no operation had written ${valueName(foreign.value)} (${foreign.version})`,
            operations: [],
          };
    },
});

/**
 * siblings-2: a read loses no write that was acknowledged before the read began. The write is among the siblings, or
 * one of the siblings superseded it, or a delete invoked before the read ended did. If quorums need not overlap, only
 * final reads are judged, unless the user claims the rule.
 */
export const noneLost = siblingChecker({
  guarantee: "siblings-2",
  meaning: "no acknowledged concurrent write is lost",
  predicate:
    "For each read: every write that was acknowledged before the read began is among the siblings, unless the writer of a sibling had seen that write, or a delete invoked before the read ended may have removed it. Under sloppy quorums only reads of the final phase are judged.",
  source: "DeCandia et al., Dynamo, SOSP 2007, section 4.4; Preguiça et al., 2010.",
  needsQuorum: true,
  explainLost: lostWrite,
  on: ({ model, operations, possiblySuperseded }) => {
    // The deletes are in the order of their starts, as all operations are.
    const deletes = operations.filter(({ f, outcome }) => f === "delete" && outcome !== "fail");
    const deleteStarts = Float64Array.from(deletes, ({ startUs }) => startUs);
    // byDeletes[i]: what the first i deletes superseded together, and these deletes themselves.
    const byDeletes = [possiblySuperseded.nothing];
    for (const [i, one] of deletes.entries())
      byDeletes.push(
        (byDeletes[i] ?? possiblySuperseded.nothing).union(possiblySuperseded.upTo(one)),
      );
    return ({ read, members }) => {
      const deleted = byDeletes[countUpTo(deleteStarts, read.endUs)] ?? possiblySuperseded.nothing;
      const accounted = [deleted, ...members.map((member) => possiblySuperseded.upTo(member))];
      const number = NumberSet.firstMissing(
        accounted,
        countBelow(possiblySuperseded.acknowledgedUs, read.startUs),
      );
      if (number < 0) return null;
      return lostWrite(model, { read, members }, possiblySuperseded.write(number));
    };
  },
});

/** Explains why the read breaks siblings-2: which write it lost, and how the replicas may have dropped that write. */
function lostWrite(
  model: Model,
  { read, members }: Pick<SiblingRead, "read" | "members">,
  lost: Operation,
): Broken {
  const burial = burialOf(model, lost, read.endUs);
  const why =
    burial?.words ??
    members
      .slice(0, 3)
      .map((member) => `${brief(member)} ${carried(model, member)}`)
      .join(", ");
  const gap = milliseconds(read.startUs - lost.endUs);
  return {
    although: `although ${brief(lost)} was acknowledged ${gap} before the read began and no returned sibling supersedes it${why === "" ? "" : `: ${why}`}`,
    operations: [lost.op, ...(burial?.operations ?? [])],
  };
}

/** siblings-3: no sibling that a read returns was superseded by another one in the same read. */
export const noneFalse = siblingChecker({
  guarantee: "siblings-3",
  meaning: "no returned sibling is superseded by another sibling of the same read",
  predicate: "For each read: no sibling was seen by the writer of another sibling.",
  source: "Preguiça et al., Dotted Version Vectors, 2010: false siblings.",
  needsQuorum: false,
  on:
    ({ model, superseded }) =>
    ({ members }) => {
      for (const member of members) {
        const by = members.find((other) => other !== member && superseded.by(other, member));
        if (by !== undefined)
          return {
            although: `although ${brief(by)} supersedes ${brief(member)}`,
            operations: [member.op, by.op],
            because: standsBecause(model, by, member),
          };
      }
      return null;
    },
});

/**
 * No read returns a version that an operation superseded, if that operation was acknowledged before the read began.
 * Only operations for which `by` is true count.
 */
const noneComesBack =
  (by: (operation: Operation) => boolean): SiblingRule["on"] =>
  ({ model, superseded }) => {
    const first = new Int32Array(superseded.size).fill(-1);
    let known = superseded.nothing;
    for (let number = 0; number < superseded.acknowledged; number++) {
      const superseding = superseded.write(number);
      if (!by(superseding)) continue;
      const set = superseded.of(superseding);
      set.forEachBeyond(known, (one) => (first[one] = number));
      known = known.union(set);
    }
    return ({ read, members }) => {
      let earliest = superseded.acknowledged;
      let back: Operation | undefined;
      for (const member of members) {
        const number = first[superseded.numberOf(member) ?? -1] ?? -1;
        if (number < 0 || number >= earliest) continue;
        earliest = number;
        back = member;
      }
      if (back === undefined) return null;
      const superseding = superseded.write(earliest);
      if (superseding.endUs >= read.startUs) return null;
      const gap = milliseconds(read.startUs - superseding.endUs);
      return {
        although: `although ${brief(superseding)} had superseded ${brief(back)} and was acknowledged ${gap} before the read began`,
        operations: [back.op, superseding.op],
        because: standsBecause(model, superseding, back),
      };
    };
  };

/**
 * siblings-4: no read returns what a write superseded, if that write was acknowledged before the read began. If quorums
 * need not overlap, only final reads are judged, unless the user claims the rule.
 */
export const noneBack = siblingChecker({
  guarantee: "siblings-4",
  meaning: "nothing that was superseded comes back",
  predicate:
    "For each read: no sibling was superseded by a write that was acknowledged before the read began. Under sloppy quorums only reads of the final phase are judged.",
  source: "DeCandia et al., Dynamo, SOSP 2007, section 4.4.",
  needsQuorum: true,
  on: noneComesBack(() => true),
});

/**
 * no-resurrection: no read returns what a delete superseded, if that delete was acknowledged before the read began. If
 * quorums need not overlap, only final reads are judged, unless the user claims the rule.
 */
export const noneResurrected: SiblingRule = {
  guarantee: "no-resurrection",
  needsQuorum: true,
  on: noneComesBack(({ f }) => f === "delete"),
};

/**
 * siblings-5: a blind write supersedes nothing. If a read's context covers an acknowledged blind write, the store had
 * received that write. If the read then does not return it, and no write with a context superseded it, another blind
 * write has wrongly replaced it.
 */
export const blindStands = siblingChecker({
  guarantee: "siblings-5",
  meaning: "a blind write supersedes nothing",
  predicate:
    "A write without a context supersedes nothing: two acknowledged blind writes both stand until a write that has seen them supersedes them.",
  source: "Preguiça et al., Dotted Version Vectors, 2010; Basho, Riak: vnode version vectors.",
  needsQuorum: false,
  on: ({ model, operations, writers, possiblySuperseded }) => {
    // A delete whose tombstone the store removed was not replaced, although contexts still cover it.
    const stays = ({ f }: Operation): boolean => f !== "delete" || model.run.deletes === undefined;
    const byStart = operations.filter(({ f }) => f !== "read");
    const blind = byStart.filter(
      (write) => isAcknowledged(write) && stays(write) && write.contextOf === undefined,
    );
    const supersededUs = new Float64Array(possiblySuperseded.size).fill(Infinity);
    let known = possiblySuperseded.nothing;
    for (const write of byStart) {
      if (write.outcome === "fail") continue;
      const set = possiblySuperseded.of(write);
      set.forEachBeyond(known, (number) => (supersededUs[number] = write.startUs));
      known = known.union(set);
    }
    // A blind write must remain from its own start until the start of the first write that supersedes it.
    const standing = new Intervals(
      Float64Array.from(blind, ({ startUs }) => startUs),
      Float64Array.from(
        blind,
        (write) => supersededUs[possiblySuperseded.numberOf(write) ?? -1] ?? Infinity,
      ),
    );
    return ({ read, members }) => {
      const isBlind = (write: Operation): boolean =>
        isAcknowledged(write) &&
        stays(write) &&
        write.contextOf === undefined &&
        write.startUs <= read.endUs;
      for (let i = standing.next(0, read.endUs); i >= 0; i = standing.next(i + 1, read.endUs)) {
        const write = blind[i] as Operation;
        const version = writers.versionOf(write);
        if (version === undefined || members.includes(write) || !covers(read.context, version))
          continue;
        const other =
          members.find((member) => member !== write && isBlind(member)) ??
          blind.find((one) => one !== write && isBlind(one));
        if (other === undefined) continue;
        return {
          although: `although ${brief(write)} and ${brief(other)} were both written without a context, and no write with a context supersedes ${brief(write)}`,
          operations: [write.op, other.op],
        };
      }
      return null;
    };
  },
});

/** siblings-7: the value of one operation appears at most once among the siblings of a read. */
export const noneTwice = siblingChecker({
  guarantee: "siblings-7",
  meaning: "one operation never appears twice among the siblings",
  predicate: "For each read: one operation's value appears at most once among the siblings.",
  source: "Basho's sibling explosion; Preguiça et al., 2010.",
  needsQuorum: false,
  on:
    ({ writers }) =>
    ({ read, members }) => {
      const twice = members.find((member, i) => members.indexOf(member) !== i);
      if (twice === undefined) return null;
      const versions = read.versions
        .filter((versioned) => writers.of(versioned) === twice)
        .map(({ version }) => version);
      return {
        although: `where ${brief(twice)} appears twice, as ${versions.join(" and as ")}`,
        operations: [twice.op],
      };
    },
});
