/** What a cluster promises under given settings and a given plan. */
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

/** The assumed bound, in ms, on differences between wall clocks without clock faults. The store cannot check it. */
export const skewBoundMs = 10;

/**
 * A healthy quorum of simulated nodes answers within this time, in ms. An operation takes at most three round trips
 * (stamps, replicas, a write-back) of 2 × 45 ms and two syncs of 8 ms, which may wait for earlier syncs.
 */
const surelyAnsweredMs = 500;

/** Errors with which a coordinator gives up a write, but keeps hints for replicas that did not confirm it. */
export const hintedErrors: readonly ErrorCode[] = ["timeout"];

/**
 * The time from a write's end until a live coordinator has durable hints for the replicas that missed the write, in ms.
 * It consists of the write's timeout and a slow fsync.
 */
export function hintsKeptWithinMs(settings: StoreSettings): number {
  return settings.requestTimeoutMs + slowSyncMs;
}

/**
 * The age in whole ms above which a hint is dropped under strict quorums. It is the hint window, or less if tombstones
 * are not kept as long.
 */
export function hintsLastMs(settings: StoreSettings): number {
  return Math.min(settings.hintWindowMs, refusesForMs(settings));
}

/** Whether some fault of the plan has the effect. */
const has = ({ effects }: PlanFacts, name: Effect["effect"]): boolean =>
  effects.some(({ effect }) => effect === name);

// oxlint-disable-next-line eslint/complexity -- One condition after the other, each for a guarantee.
export function promises(settings: StoreSettings, facts: PlanFacts): Promises {
  // A plan may have a million requests, but usually only a few different ones.
  const requests = [...new Set(facts.requests)];
  const reads = [
    ...new Set(requests.filter(({ f }) => f === "read").map(({ r }) => r ?? settings.r)),
  ];
  const writes = [
    ...new Set(requests.filter(({ f }) => f !== "read").map(({ w }) => w ?? settings.w)),
  ];
  const smallestR = Math.min(settings.r, ...reads);
  const smallestW = Math.min(settings.w, ...writes);
  const lost = mostLost(settings, facts);
  // A replica that lost acknowledged data counts against the overlap of quorums, for the whole plan.
  const isStrict = settings.quorums === "strict" && smallestR + smallestW - lost > settings.n;
  /** Whether replicas still hold everything that they stored, apart from the losses that `lost` counts. */
  const isHarmless = !has(facts, "unknown");
  const bounds = boundsOf(settings, facts);
  // If a tombstone may be removed too early, a deleted value may come back: neither the delete nor the order of
  // versions is safe.
  const isDeletedForGood =
    settings.deletes === "keep" ||
    !requests.some(({ f }) => f === "delete") ||
    outlastsTheRun(settings, facts, bounds) ||
    (lost === 0 && tombstonesOutlive(settings, facts, bounds));
  const names: GuaranteeName[] = ["no-thin-air", "no-aborted-read", "acknowledged"];
  if (isHarmless && isDeletedForGood && smallestW - lost >= 1) names.push("durable");
  // Each replica keeps this promise by itself, whatever N, R and W are.
  if (isHarmless) names.push("retained");
  if (settings.sync !== "periodic") names.push("no-dirty-read");
  // A stamp contains the boot number, which no fault resets.
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
  // A hybrid clock exceeds every stamp that its boot has seen, whatever the quorums, disks and wall clocks. The history
  // shows which pairs of operations the clock orders.
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
      names.push("regular-stamped"); // The read of N − W + 1 stamps may miss what a replica lost.
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
  // A read of N nodes under sloppy quorums may reach fallbacks and so repair only some replicas. If clients repair, no
  // node sees what they send, so nobody knows whether repair ends.
  if (settings.antiEntropy || (settings.readRepair !== "off" && settings.quorums === "strict"))
    names.push(
      "converged",
      ...(settings.routing === "client" ? [] : (["repair-quiescent"] as const)),
    );
  // Hints alone repair only keys for which all missed writes were hinted. The history shows which keys those are.
  else if (
    settings.routing === "coordinator" &&
    settings.hints &&
    settings.hintLimit >= facts.requests.length * settings.n
  )
    names.push("converged");
  if (facts.membershipChanges === true) names.push("handed-over", "ring-agreed");
  // With client routing, `available` is not promised: a client waits for each replica that it needs, even for a paused
  // one.
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
 * Whether deletes are permanent if all replicas receive them within the grace time. The history shows which deletes
 * those are. This needs a coordinator's record of requests, which a client that routes by itself does not make.
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
 * Whether some read and some write under sloppy quorums name enough of a key's own replicas to share one (riak_kv
 * #388). The history shows which requests do. False if the plan changes the membership.
 */
function primariesMeet({ n, quorums }: StoreSettings, facts: PlanFacts): boolean {
  const most = (of: "pr" | "pw"): number =>
    facts.requests.reduce((largest, request) => Math.max(largest, request[of] ?? 0), 0);
  return quorums === "sloppy" && facts.membershipChanges !== true && most("pr") + most("pw") > n;
}

const isNodeClockOff = ({ effects }: PlanFacts): boolean =>
  effects.some((effect) => effect.effect === "clock-off" && effect.node !== "clients");

/**
 * Whether no tombstone is removed before the run ends, so that all are kept. Uses twice the planned length, since
 * everything takes longer in containers.
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
 * Whether no replica, message or hint can be so outdated that it has a deleted value while no node knows of the delete
 * any more. Messages and hints are no older than the faults, a request's timeout and the hint window. With a grace
 * time, replicas must be brought up to date within it, which only anti-entropy promises. Uses twice the planned length,
 * since faults take longer in containers.
 */
function tombstonesOutlive(
  settings: StoreSettings,
  facts: PlanFacts,
  { convergeUs, reconnectUs }: Promises["bounds"],
): boolean {
  const { faultSpanMs = 0 } = facts;
  // A hint that a sloppy quorum counted never expires. It is delivered soon after the faults.
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
 * The largest number of replicas that lose acknowledged data of one key: synced data, or under a periodic log also data
 * that a power loss hits before its sync. A membership change can make any node a replica of any key.
 */
function mostLost(
  settings: StoreSettings,
  { keys, effects, membershipChanges }: PlanFacts,
): number {
  const damaged = new Set(
    effects.flatMap((effect) =>
      effect.effect === "data-lost" && (effect.synced || settings.sync === "periodic")
        ? [nodeName(effect.node)]
        : [],
    ),
  );
  if (membershipChanges === true) return Math.min(damaged.size, settings.n);
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
 * Returns the guarantees that depend on how stamps are made. Wall and hybrid stamps may order two writes against real
 * time, so they promise only `regular-stamped`. A quorum stamp exceeds every write acknowledged earlier, if each was
 * acknowledged by as many replicas as the stamp's read assumes. It exceeds what a client read earlier only if the read
 * wrote the version back: otherwise the version may be on a single replica, which the stamp's read misses.
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
 * Whether each later read meets a replica that an earlier read wrote back to. A read of R writes back to N − R + 1
 * replicas. These meet every read quorum of at least R, but not all smaller ones. So all reads must ask for the same R,
 * unless N is 1: with N = 3, a read with R = 3 leaves its result on one replica, and the next read with R = 2 can miss
 * it.
 */
function meetsWriteBack(settings: StoreSettings, reads: readonly number[]): boolean {
  return reads.length === 0 || Math.min(...reads) === Math.max(...reads) || settings.n === 1;
}

function boundsOf(settings: StoreSettings, facts: PlanFacts): Promises["bounds"] {
  // A dead link is noticed within the silence limit and two ticks, and dialled again within `reconnectCapMs`. With
  // short ticks the time of the dial itself counts too. A node that starts on a slow disk refuses peers until its log
  // is recovered, and that fsync may outlast the fault.
  const recoveredMs = has(facts, "syncs-slow") ? slowSyncMs : 0;
  const upMs = Math.max(
    settings.silenceMs + 2 * settings.pingIntervalMs,
    noticedWithinMs(settings) + roundTripMs,
    recoveredMs + roundTripMs,
  );
  const reconnectMs = upMs + settings.reconnectCapMs;
  const exchangesMs = 2 * (settings.nodes - 1) * settings.antiEntropyIntervalMs;
  // A hint is delivered at the first check after the link is up, and its content is then exchanged like any write.
  const handoffMs = settings.hints ? settings.handoffIntervalMs : 0;
  return {
    convergeUs: (reconnectMs + handoffMs + exchangesMs) * 1000,
    skewUs: skewBoundMs * 1000,
    reconnectUs: reconnectMs * 1000,
  };
}
