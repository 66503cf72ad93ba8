/**
 * For most planted bugs, the facts that the bug's explanation must name for a reader who does not know the code: the
 * node, the operation, the message, the missing step. Each fact can be derived from the history. The lists were made
 * before the explanations.
 */

/** A fact, and a pattern for the sentence that names it. */
export type Fact = readonly [fact: string, said: RegExp];

const node = String.raw`n\d`;
const some = (text: string): RegExp =>
  new RegExp(text.replaceAll("NODE", node).replaceAll("TIME", String.raw`\d+\.\d ms`), "m");

const acknowledgedTooFew: Fact = [
  "who acknowledged, how many replicas it needed, how many had it",
  some(
    "acknowledged by NODE at TIME as (durable|stored) on . replicas, but by then (only .|none) of .* had confirmed the write",
  ),
];
const readFromTooFew: Fact = [
  "who answered, how many replies it needed, how many it had",
  some("answered by NODE at TIME as if . replicas? had replied, but (only .|none) had replied"),
];
const notAnswered: Fact = [
  "the replicas that the coordinator had no answer from",
  some("had no answer from (any of )?NODE"),
];
const replies: Fact = ["what each replica answered", some("NODE answered .*with")];
const restarted: Fact = [
  "which node started again, and when",
  some("NODE.* started again at TIME"),
];
const comparedEqual: Fact = [
  "the exchange that compared the differing replicas and found no difference",
  some("NODE and NODE compared .*TIME.* no difference"),
];
const hintKept: Fact = [
  "who kept a hint of the write, and for which node",
  some("NODE (had )?kept a hint of .* for NODE"),
];
const noRepair: Fact = [
  "the read that saw the replicas differ and did not repair all of them",
  some("read \\d+.* (no repair|sent NODE no repair)"),
];
const sameVersion: Fact = [
  "the two writes that were given one version",
  some("same (stamp|version)"),
];
const broughtBack: Fact = [
  "who sent the deleted value to whom after the delete, and by what",
  some("NODE sent NODE .* at TIME, by "),
];
const lackingOwner: Fact = [
  "the owner that lacks what an earlier owner had",
  some(
    "NODE, an? (new )?owner, (but by then NODE )?had not synced|NODE (holds|and NODE hold) nothing",
  ),
];
const tombstoneGone: Fact = [
  "which node let the tombstone go",
  some("NODE had synced the tombstone of .* (but no longer held|dropped) the tombstone at TIME"),
];
const recoveryIgnored: Fact = [
  "whether the disk still held it when the node started",
  some(
    "at that start the disk of NODE (still held .*, which recovery read and did not use|no longer held .*, although no fault)",
  ),
];

/** By bug. */
export const mechanisms: Readonly<Record<string, readonly Fact[]>> = {
  "quorum-off-by-one": [acknowledgedTooFew, notAnswered],
  "duplicate-ack": [
    acknowledgedTooFew,
    [
      "the replica that was counted more than once",
      some("NODE had answered 2 times, but counts as one replica"),
    ],
  ],
  "hint-counts-as-replica": [
    acknowledgedTooFew,
    [
      "the node whose hint was counted, and whom the hint was for",
      some("NODE had kept a hint of the write for NODE, but a hint does not count"),
    ],
  ],
  "read-short-quorum": [readFromTooFew, replies, notAnswered],
  "merge-of-first": [
    [
      "what was returned, and what the replies merge to",
      some("with .*, although the . replies that NODE had received merge to"),
    ],
    replies,
  ],
  "notfound-ends-read": [
    readFromTooFew,
    ["the replicas that answered with nothing", some("NODE answered with nothing")],
    notAnswered,
  ],
  "ack-before-fsync": [
    acknowledgedTooFew,
    [
      "the replica that answered before its sync, and by how much",
      some("NODE answered at TIME and (synced the write only TIME later|never synced the write)"),
    ],
  ],
  "recovery-stops-early": [restarted, recoveryIgnored],
  "torn-tail-kept": [
    ["that the value is a part of a written one", some("is the beginning of that write's value")],
    ["which node showed it", some("NODE answered .*with|NODE holds?|NODE told")],
    restarted,
  ],
  "shared-actor": [sameVersion],
  "lww-arrival-order": [
    [
      "the replica that put an older version in the place of a newer one",
      some("at TIME NODE replaced .*, which has the higher stamp, by"),
    ],
  ],
  "tie-by-arrival": [
    [
      "the replica that confirmed the newer version and kept the older one",
      some(
        "NODE answered at TIME and never synced the write: NODE kept .*, which has a lower stamp",
      ),
    ],
  ],
  "future-clock-wins": [
    ["the two stamps", some("has the higher stamp: .* is above")],
    ["the node whose clock was off", some("clock of NODE")],
  ],
  "actor-amnesia": [
    sameVersion,
    ["the node that gave the version, and that it had started again", some("NODE.*started again")],
  ],
  "server-version-vector": [
    [
      "the write that told replicas to drop it without having seen it",
      some("(write|delete) \\d+ made the replicas drop .*, although .* carried"),
    ],
  ],
  "sibling-explosion": [
    ["the context that the write carried", some("carried the context of")],
    ["who kept both", some("NODE sent the replicas .* still beside it")],
  ],
  "read-bumps-clock": [
    [
      "who sent a version that nobody wrote, and the read that it repaired",
      some("NODE still sent .*made for no .*by read-repair of read"),
    ],
  ],
  "repair-drops-sibling": [
    [
      "the repair that told a replica to drop it",
      some("NODE made NODE drop the write at TIME: its read-repair of read"),
    ],
    ["that the repair's context covered it", some("with a context that also covers the write")],
  ],
  "repair-not-awaited": [
    [
      "the repair that the earlier read did not wait for",
      some(
        "read \\d+ was answered at TIME.*(before|although) NODE|read-repair of read \\d+.* (not|before)",
      ),
    ],
  ],
  "repair-only-stale-one": [noRepair],
  "repair-restamps": [
    ["who sent the version that nobody wrote, and by what", some("NODE sent .*by read-repair")],
  ],
  "hint-lost-on-restart": [
    ["that no hint of it was durable", some("but never synced that hint")],
    restarted,
  ],
  "hint-never-sent": [hintKept, ["that it was not sent, or not again", some("never (sent|again)")]],
  "hint-window-silent": [hintKept, ["that it was dropped", some("dropped the hint")]],
  "hint-restamps": [
    [
      "the handoff that made a version of its own",
      some(
        "NODE sent NODE .* under the version .* \\(made for no operation\\) at TIME, by handoff",
      ),
    ],
  ],
  "pruned-context": [
    ["the version that the sent context lacks", some("with a context that does not cover")],
  ],
  "merkle-stale-leaf": [comparedEqual],
  "merkle-unstable-hash": [
    ["that the same was sent again, and by what", some("again sent .*by anti-entropy")],
    ["that equal states are held in different orders", some("in this order")],
  ],
  "merkle-one-way": [
    [
      "the exchange that found the difference, and who sent nothing",
      some("compared .* found differences, but NODE sent NODE nothing"),
    ],
  ],
  "range-wrong-neighbour": [
    [
      "the replicas that never compared the range",
      some("NODE and NODE (never compared|exchanged .* never compared)"),
    ],
  ],
  "retry-applies-twice": [
    ["the two versions of one write, and who made the second", some("appears twice, as .* and as")],
    ["where the second was made", some("made for write \\d+ .*by NODE at TIME")],
  ],
  "dirty-fail": [
    [
      "the replica that had taken what was refused",
      some("NODE synced (write|delete) \\d+.* at TIME"),
    ],
  ],
  "sloppy-as-strict": [
    acknowledgedTooFew,
    [
      "the fallback that was counted",
      some("NODE had kept a hint of the write for NODE, but a hint does not count"),
    ],
  ],
  "pause-then-commit": [
    readFromTooFew,
    ["that it had asked nobody", some("NODE had asked no replica")],
  ],
  doomstone: [
    sameVersion,
    ["the request that dropped it", some("NODE made NODE drop the write at TIME: its")],
  ],
  "early-reap": [broughtBack, tombstoneGone],
  "zombie-delete": [broughtBack, tombstoneGone],
  "reap-one-side": [
    [
      "who sent the tombstone again, and by what",
      some("again sent .* a deletion .*by anti-entropy"),
    ],
  ],
  "handoff-stuck": [
    hintKept,
    ["the last try", some("last (tried|sent)|(never|nothing) .*(again|after)")],
  ],
  "same-stamp-in-tick": [sameVersion, ["the nodes that gave it", some("(asked|through|by) NODE")]],
  "stamp-without-node": [sameVersion, ["the nodes that gave it", some("(asked|through|by) NODE")]],
  "trusts-partial-snapshot": [restarted, recoveryIgnored],
  "wrap-range-skipped": [
    [
      "the replicas that never compared the range",
      some("NODE and NODE (never compared|exchanged .* never compared|compared .* no difference)"),
    ],
  ],
  "quorum-of-quorum": [acknowledgedTooFew, notAnswered],
  "hinted-delete-forgotten": [
    hintKept,
    [
      "what was handed over instead",
      some("its last handoff of \\S+ to NODE, at TIME, sent .* instead"),
    ],
  ],
  "segment-tail-skipped": [restarted, recoveryIgnored],
  "shows-unsynced": [
    [
      "who told whom what, before its own sync",
      some(
        "NODE returned .* to (?:NODE|a reader on the same node) at TIME, but synced that data only at TIME",
      ),
    ],
  ],
  "bad-record-ends-replay": [restarted, recoveryIgnored],
  "serves-before-recovered": [
    restarted,
    recoveryIgnored,
    ["whom it told what it did not hold yet", some("told a reader|held")],
  ],
  "primaries-checked-before": [
    ["how many primaries it needed", some("primar|replicas")],
    [
      "the fallback that was counted, or who had not answered",
      some("hint of the write for NODE|had no answer from"),
    ],
  ],
  "snapshot-drops-tombstones": [restarted, recoveryIgnored],
  "snapshot-misses-last": [restarted, recoveryIgnored],
  "stamp-of-first": [
    [
      "the stamps that the replicas told",
      some("for the newest stamp .* NODE reported the stamp of"),
    ],
  ],
  "stamp-from-one": [
    ["from how many replicas the stamp was read", some("asked .*NODE.* for the newest stamp")],
  ],
  "leaf-hash-of-keys": [comparedEqual],
  "repair-skips-absent": [noRepair],
  "late-answer-from-few": [readFromTooFew, notAnswered],
  "replay-keeps-first": [restarted, recoveryIgnored],
  "stale-ring-on-one": [
    ["the node that was asked though it is no replica", some("NODE,? (which )?is no replica")],
  ],
  "one-node-reaps-early": [broughtBack, tombstoneGone],
  "pending-owner-unwritten": [acknowledgedTooFew, notAnswered],
  "writes-move-with-reads": [acknowledgedTooFew, notAnswered],
  "cleanup-by-old-ring": [
    ["the owner that holds nothing", some("NODE holds nothing")],
    ["the change of membership", some("\\(membership of NODE\\) began")],
  ],
  "ring-by-version-alone": [
    ["the change that nobody ends", some("incomplete|uses? an older ring")],
  ],
  "waits-for-the-dead": [["the change that nobody ends", some("incomplete: replace")]],
  "hint-to-former-owner": [
    ["the node that holds the key, and who owns it", some("is owned by NODE")],
    [
      "who handed it over",
      some("NODE was the last node to send \\S+ to NODE, at TIME, by handoff"),
    ],
  ],
  "joiner-takes-any-owner": [
    ["where the write was durable", some("was durable on NODE")],
    ["the owners that hold nothing", some("NODE and NODE hold nothing")],
    ["the replica that had missed the write", some("\\(kill of NODE\\) began")],
  ],
  "hint-dropped-with-owner": [
    ["the owner that holds nothing", some("NODE holds nothing")],
    ["the owner that missed the write", some("\\(kill of NODE\\) began")],
    ["the change of membership", some("\\(membership of NODE\\) began")],
  ],
  "tombstones-not-streamed": [lackingOwner],
  "broken-stream-is-done": [lackingOwner],
  "old-ring-accepted": [lackingOwner],
  "rebuild-from-one": [lackingOwner],
  "leaving-node-not-asked": [lackingOwner],
  "dropped-after-one": [lackingOwner],
  "passed-on-twice": [
    [
      "the write that appears twice, and under which versions",
      some("appears twice, as NODE.*NODE"),
    ],
  ],
};
