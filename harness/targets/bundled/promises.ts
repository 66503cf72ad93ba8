/** What a cluster promises under given settings and a given plan: semantics of quorums, in one place. */
import type { GuaranteeName } from "../../../checkers/index.ts";
import { type Effect, nodeName } from "../../../generators/index.ts";
import type { ErrorCode } from "../../../store/protocol/errors.ts";
import type { PlanFacts, Promises } from "../target.ts";
import { slowSyncMs } from "../../platforms/cluster.ts";
import { preferenceList } from "../../../store/placement/ring.ts";
import { anyReplicas } from "../../../store/placement/quorum.ts";
import { noticedWithinMs, roundTripMs } from "../../../store/links/liveness.ts";
import type { StoreSettings } from "../../../store/settings.ts";
import { stampQuorum } from "../../../store/versions/stamps.ts";
import { refusesForMs } from "../../../store/versions/tombstones.ts";

/** How far wall clocks may lie apart where no fault touches them. The cluster is run so; the store cannot check it. */
export const skewBoundMs = 10;

/**
 * Within this a healthy quorum of simulated nodes has answered: at most three round trips (stamps, replicas, a
 * write-back) of 2 × 45 ms and two syncs of 8 ms, which may have to wait for those before them.
 */
const surelyAnsweredMs = 500;

/** Errors with which a coordinator gives a write up: it keeps hints for all who did not confirm it. */
export const hintedErrors: readonly ErrorCode[] = ["timeout"];

/**
 * A coordinator that lives has durable hints for whoever missed a write by then, counted from the write's end: its
 * timeout, and a slow fsync.
 */
export function hintsKeptWithinMs(settings: StoreSettings): number {
  return settings.requestTimeoutMs + slowSyncMs;
}

/**
 * How old a hint gets before it is dropped: its window, or sooner where tombstones do not outlive it. In whole
 * milliseconds.
 */
export function hintsLastMs(settings: StoreSettings): number {
  return Math.min(settings.hintWindowMs, refusesForMs(settings));
}

/** Whether some fault has the effect. Clocks may lie without harm to data: what is promised goes by stamps. */
const has = ({ effects }: PlanFacts, name: Effect["effect"]): boolean =>
  effects.some(({ effect }) => effect === name);

// oxlint-disable-next-line eslint/complexity -- One condition after the other, each for a guarantee.
export function promises(settings: StoreSettings, facts: PlanFacts): Promises {
  // Each number once: a plan may have a million requests.
  const reads = [
    ...new Set(facts.requests.filter(({ f }) => f === "read").map(({ r }) => r ?? settings.r)),
  ];
  const writes = [
    ...new Set(facts.requests.filter(({ f }) => f !== "read").map(({ w }) => w ?? settings.w)),
  ];
  const smallestR = Math.min(settings.r, ...reads);
  const smallestW = Math.min(settings.w, ...writes);
  const lost = mostLost(settings, facts);
  // A replica that lost what it had acknowledged counts against the quorums that met in it (how long is not looked at:
  // for good).
  const isStrict = settings.quorums === "strict" && smallestR + smallestW - lost > settings.n;
  /** But for what `lost` counts, replicas still hold all that they stored. */
  const isHarmless = !has(facts, "unknown");
  const bounds = boundsOf(settings, facts);
  // Where a tombstone may go too early, a value that it had deleted may be back: neither the delete nor the order of
  // versions is safe.
  const isDeletedForGood =
    settings.deletes === "keep" ||
    !facts.requests.some(({ f }) => f === "delete") ||
    outlastsTheRun(settings, facts, bounds) ||
    (lost === 0 && tombstonesOutlive(settings, facts, bounds));
  const names: GuaranteeName[] = ["no-thin-air", "no-aborted-read", "acknowledged"];
  if (isHarmless && isDeletedForGood && smallestW - lost >= 1) names.push("durable");
  // What one replica owes, whatever N, R and W are.
  if (isHarmless) names.push("retained");
  if (settings.sync !== "periodic") names.push("no-dirty-read");
  // The boot is part of a stamp, and no fault sets the Host's count of boots back.
  if (settings.versions === "stamps") names.push("unique-stamps");
  if (settings.versions === "siblings" && (isStrict || lost === 0))
    names.push(
      "siblings-1",
      "siblings-3",
      ...(smallestW > anyReplicas ? (["siblings-5"] as const) : []),
      "siblings-6",
      "siblings-7",
    );
  if (isStrict && isHarmless && settings.versions === "siblings") names.push("siblings-2");
  // A hybrid clock is above all that its boot has heard of, whatever the quorums, the disks and the wall clocks. Which
  // pairs of operations that orders shows in the history.
  if (
    settings.versions === "stamps" &&
    settings.stamps === "hybrid" &&
    settings.routing === "coordinator"
  )
    names.push("monotonic-writes", "writes-follow-reads");
  if (isHarmless && isDeletedForGood && lost === 0 && primariesMeet(settings, facts))
    names.push("read-your-writes");
  if (isStrict && isHarmless && isDeletedForGood) {
    names.push("read-your-writes", "no-resurrection");
    if (settings.versions === "siblings") names.push("siblings-4");
    else if (lost > 0)
      names.push("regular-stamped"); // The stamp's own read of N − W + 1 may miss what a replica lost.
    else names.push(...registerLevels(settings, reads, smallestW));
  }
  const mayHear = isHarmless && lost === 0 && !isDeletedForGood && mayHearInTime(settings, facts);
  if (mayHear) names.push("no-resurrection");
  if (
    settings.versions === "stamps" &&
    isHarmless &&
    isDeletedForGood &&
    smallestW > anyReplicas &&
    (isStrict || (settings.antiEntropy && lost === 0 && !isNodeClockOff(facts)))
  )
    names.push("staleness");
  if (
    settings.readRepair === "blocking" &&
    settings.quorums === "strict" &&
    isHarmless &&
    isDeletedForGood &&
    lost === 0 &&
    meetsWriteBack(settings, reads)
  )
    names.push("monotonic-reads");
  // A read of N nodes under sloppy quorums may meet fallbacks, so that it repairs some replicas only.
  // Where clients repair, no node sees what they send, so that nobody can say whether it ends.
  if (settings.antiEntropy || (settings.readRepair !== "off" && settings.quorums === "strict"))
    names.push(
      "converged",
      ...(settings.routing === "client" ? [] : (["repair-quiescent"] as const)),
    );
  // Of the keys whose writes it surely covers: which they are shows in the history.
  else if (
    settings.routing === "coordinator" &&
    settings.hints &&
    settings.hintLimit >= facts.requests.length * settings.n
  )
    names.push("converged");
  if (facts.membershipChanges === true) names.push("handed-over", "ring-agreed");
  // Clients that route wait for a paused master as for any replica that they need.
  if (
    facts.simulated === true &&
    settings.routing === "coordinator" &&
    settings.requestTimeoutMs >= surelyAnsweredMs
  )
    names.push("available");
  return {
    guarantees: names,
    bounds: mayHear
      ? {
          ...bounds,
          tombstone: {
            keptUs: settings.graceMs * 1000,
            requestUs: settings.requestTimeoutMs * 1000,
          },
        }
      : bounds,
  };
}

/**
 * Whether deletes of which all replicas hear within the grace time stay: of which they do shows in the history. A client
 * that routes by itself records no requests.
 */
function mayHearInTime(settings: StoreSettings, facts: PlanFacts): boolean {
  return (
    settings.deletes === "grace" &&
    settings.versions === "stamps" &&
    settings.routing === "coordinator" &&
    settings.sync !== "periodic" &&
    facts.membershipChanges !== true
  );
}

/**
 * Whether a read and a write of a sloppy quorum name so many of the key's own replicas that these share one (riak_kv
 * #388). Which requests do shows in the history.
 */
function primariesMeet({ n, quorums }: StoreSettings, facts: PlanFacts): boolean {
  const most = (of: "pr" | "pw"): number =>
    facts.requests.reduce((largest, request) => Math.max(largest, request[of] ?? 0), 0);
  return quorums === "sloppy" && facts.membershipChanges !== true && most("pr") + most("pw") > n;
}

const isNodeClockOff = ({ effects }: PlanFacts): boolean =>
  effects.some((effect) => effect.effect === "clock-off" && effect.node !== "clients");

/**
 * Whether no tombstone goes before the run is over: then they are as good as kept. Twice its length: in containers all
 * takes longer than planned.
 */
function outlastsTheRun(
  { deletes, graceMs }: StoreSettings,
  { longestRunMs = Infinity }: PlanFacts,
  { convergeUs, reconnectUs }: Promises["bounds"],
): boolean {
  return (
    (deletes === "grace" || deletes === "reap") &&
    graceMs > 2 * (longestRunMs + (convergeUs + reconnectUs) / 1000)
  );
}

/**
 * Whether no replica, message or hint can be so far behind that it knows a deleted value and nobody knows of the
 * deletion any more. What is under way or hinted is no older than the faults, a request's timeout and the window of
 * hints; under a grace time the replicas themselves must have been brought up to date by then, which anti-entropy alone
 * promises. Twice that: in containers faults take longer than planned.
 */
function tombstonesOutlive(
  settings: StoreSettings,
  facts: PlanFacts,
  { convergeUs, reconnectUs }: Promises["bounds"],
): boolean {
  const { faultSpanMs = 0 } = facts;
  // A hint that a sloppy quorum counted has no window: it is delivered soon after the faults.
  const handoffMs =
    settings.quorums === "sloppy"
      ? reconnectUs / 1000 + settings.handoffIntervalMs
      : settings.hintWindowMs;
  const strayMs = faultSpanMs + settings.requestTimeoutMs + (settings.hints ? handoffMs : 0);
  switch (settings.deletes) {
    case "keep":
      return true;
    case "grace":
      return (
        settings.antiEntropy &&
        !(settings.hints && isNodeClockOff(facts)) &&
        settings.graceMs > 2 * (strayMs + convergeUs / 1000)
      );
    case "reap":
      return !(settings.hints && isNodeClockOff(facts)) && settings.reapedMs > 2 * strayMs;
    case "physical":
      return false;
  }
}

/**
 * Of any one key, on how many replicas acknowledged data is lost: what was synced, or, under a periodic log, what the
 * power took before it was.
 */
function mostLost(settings: StoreSettings, { keys, effects }: PlanFacts): number {
  const damaged = new Set(
    effects.flatMap((effect) =>
      effect.effect === "data-lost" && (effect.synced || settings.sync === "periodic")
        ? [nodeName(effect.node)]
        : [],
    ),
  );
  return damaged.size === 0
    ? 0
    : Math.max(
        0,
        ...keys.map(
          (key) => preferenceList(settings, key).filter((node) => damaged.has(node)).length,
        ),
      );
}

/**
 * Wall and hybrid stamps may order two writes against real time, so no more than the level of arbitrary stamps. A
 * quorum stamp is above every write acknowledged before, if none is acknowledged by fewer replicas than the stamp's
 * read allows for; above what a client read before only if the read wrote it back: otherwise it may be on a single
 * replica, which the stamp's read misses.
 */
function registerLevels(
  settings: StoreSettings,
  reads: readonly number[],
  smallestW: number,
): readonly GuaranteeName[] {
  if (settings.stamps !== "quorum" || smallestW < settings.w) return ["regular-stamped"];
  const writesBack =
    settings.readRepair === "blocking" &&
    meetsWriteBack(settings, reads) &&
    Math.max(0, ...reads) <= stampQuorum(settings);
  return [
    "regular-stamped",
    "regular",
    "monotonic-writes",
    ...(writesBack ? (["linearizable", "writes-follow-reads"] as const) : []),
  ];
}

/**
 * A read of R writes back to N − R + 1 replicas, which meet every later read quorum of at least R, and miss some
 * smaller ones. So all reads must ask for the same R: with N = 3, a read with R = 3 leaves what it saw on one replica,
 * and the next read with R = 2 can miss it.
 */
function meetsWriteBack(settings: StoreSettings, reads: readonly number[]): boolean {
  return reads.length === 0 || Math.min(...reads) === Math.max(...reads) || settings.n === 1;
}

function boundsOf(settings: StoreSettings, facts: PlanFacts): Promises["bounds"] {
  // A dead link is noticed within the silence and two ticks, then dialled again within the cap; where ticks are short,
  // the dial itself counts. A node that started on a slow disk turns its peers away until its log is recovered, and the
  // fsync of that may outlast the fault.
  const recoveredMs = has(facts, "syncs-slow") ? slowSyncMs : 0;
  const upMs = Math.max(
    settings.silenceMs + 2 * settings.pingIntervalMs,
    noticedWithinMs(settings) + roundTripMs,
    recoveredMs + roundTripMs,
  );
  const reconnectMs = upMs + settings.reconnectCapMs;
  const exchangesMs = 2 * (settings.nodes - 1) * settings.antiEntropyIntervalMs;
  // A hint is delivered at the first look after the link is up, and what it brings is exchanged like any write.
  const handoffMs = settings.hints ? settings.handoffIntervalMs : 0;
  return {
    convergeUs: (reconnectMs + handoffMs + exchangesMs) * 1000,
    skewUs: skewBoundMs * 1000,
    reconnectUs: reconnectMs * 1000,
  };
}
