/** The rules of siblings, one a guarantee (semantics: siblings-1 … 7). */
import { brief, milliseconds, valueName } from "./words.ts";
import { covers } from "./versions.ts";
import { isAcknowledged } from "./operations.ts";
import type { Operation } from "./operations.ts";
import type { SiblingKey, SiblingRead, SiblingRule } from "./siblings.ts";

/** Every member was invoked before the read ended. */
export const invokedBefore: SiblingRule = {
  guarantee: "siblings-1",
  needsQuorum: false,
  judge({ writers }, { read, members }) {
    const early = members.find(({ startUs }) => startUs > read.endUs);
    if (early !== undefined) return { although: `although ${brief(early)} was invoked only ${milliseconds(early.startUs - read.endUs)} after the read ended`, operations: [early.op] };
    const candidates = writers.anonymousDeletes.some(({ startUs }) => startUs <= read.endUs);
    const foreign = read.versions.find((versioned) => writers.of(versioned) === undefined && !(versioned.value === null && candidates));
    return foreign === undefined ? null : { although: `although nobody had written ${valueName(foreign.value)} (${foreign.version})`, operations: [] };
  },
};

/** Each write acknowledged before the read began is a member, or superseded by a member or by a delete invoked before the read ended. */
export const noneLost: SiblingRule = {
  guarantee: "siblings-2",
  needsQuorum: true,
  judge(of, { read, members }) {
    const lost = of.operations.find((write) => isAcknowledged(write) && write.endUs < read.startUs && !accounted(of, { read, members }, write));
    if (lost === undefined) return null;
    return { although: `although ${brief(lost)} was acknowledged ${milliseconds(read.startUs - lost.endUs)} before the read began and nothing returned supersedes it`, operations: [lost.op] };
  },
};

/** No member is superseded by another. */
export const noneFalse: SiblingRule = {
  guarantee: "siblings-3",
  needsQuorum: false,
  judge({ superseded }, { members }) {
    for (const member of members) {
      const by = members.find((other) => other !== member && superseded.by(other, member));
      if (by !== undefined) return { although: `although ${brief(by)} supersedes ${brief(member)}`, operations: [member.op, by.op] };
    }
    return null;
  },
};

const comesBack = (of: SiblingKey, { read, members }: SiblingRead, by: (operation: Operation) => boolean): { although: string; operations: number[] } | null => {
  for (const superseding of of.operations) {
    if (!isAcknowledged(superseding) || !by(superseding) || superseding.endUs >= read.startUs) continue;
    const back = members.find((member) => of.superseded.by(superseding, member));
    if (back === undefined) continue;
    const gap = milliseconds(read.startUs - superseding.endUs);
    return { although: `although ${brief(superseding)} had superseded ${brief(back)} and was acknowledged ${gap} before the read began`, operations: [back.op, superseding.op] };
  }
  return null;
};

/** Nothing that an acknowledged write superseded comes back. */
export const noneBack: SiblingRule = {
  guarantee: "siblings-4",
  needsQuorum: true,
  judge: (of, read) => comesBack(of, read, () => true),
};

/** Nothing that an acknowledged delete superseded comes back. */
export const noneResurrected: SiblingRule = {
  guarantee: "no-resurrection",
  needsQuorum: true,
  judge: (of, read) => comesBack(of, read, ({ f }) => f === "delete"),
};

/**
 * A blind write supersedes nothing: where the read's context covers an acknowledged blind write (so the store took it in) that is neither
 * returned nor superseded by any write with a context, another blind write has swallowed it.
 */
export const blindStands: SiblingRule = {
  guarantee: "siblings-5",
  needsQuorum: false,
  judge(of, { read, members }) {
    // A deletion that went in time swallowed nothing, though contexts still know it.
    const goes = ({ f }: Operation): boolean => f === "delete" && of.model.run.deletes !== undefined;
    const isBlind = (write: Operation): boolean => isAcknowledged(write) && !goes(write) && write.contextOf === undefined && write.startUs <= read.endUs;
    for (const write of of.operations) {
      const version = of.writers.versionOf(write);
      if (!isBlind(write) || version === undefined || members.includes(write) || !covers(read.context, version)) continue;
      if (of.operations.some((by) => by.f !== "read" && by.outcome !== "fail" && by.startUs <= read.endUs && of.perhapsSuperseded.by(by, write))) continue;
      const other = members.find((member) => member !== write && isBlind(member)) ?? of.operations.find((one) => one !== write && isBlind(one));
      if (other === undefined) continue;
      return { although: `although ${brief(write)} and ${brief(other)} were both blind, and nothing that carried a context supersedes ${brief(write)}`, operations: [write.op, other.op] };
    }
    return null;
  },
};

/** One operation never appears twice. */
export const noneTwice: SiblingRule = {
  guarantee: "siblings-7",
  needsQuorum: false,
  judge(_, { members }) {
    const twice = members.find((member, i) => members.indexOf(member) !== i);
    return twice === undefined ? null : { although: `where ${brief(twice)} appears twice`, operations: [twice.op] };
  },
};

function accounted(of: SiblingKey, { read, members }: SiblingRead, write: Operation): boolean {
  if (members.includes(write) || of.perhapsSuperseded.byAny(members, write)) return true;
  return of.operations.some((other) => other.f === "delete" && other.outcome !== "fail" && other.startUs <= read.endUs && (other === write || of.perhapsSuperseded.by(other, write)));
}
