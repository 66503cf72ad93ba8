/** What a cluster promises under given settings and a given plan: semantics of quorums, in one place. */
import type { GuaranteeName } from "../checkers/guarantees.ts";
import { preferenceList } from "./ring.ts";
import type { StoreSettings } from "./settings.ts";

/** What of a plan bears on its promises. */
export interface PlanFacts {
  readonly requests: readonly { readonly f: string; readonly r?: number; readonly w?: number }[];
  readonly faultKinds: readonly string[];
  readonly keys: readonly string[];
  /** Nodes whose disks lose synced data at some time; absent: none. */
  readonly damagedNodes?: readonly string[];
}

export interface Promises {
  readonly guarantees: readonly GuaranteeName[];
  /** Whole microseconds: after heal and restart replicas are equal within convergeUs; clocks differ by at most skewUs; links are up within reconnectUs. */
  readonly bounds: { readonly convergeUs: number; readonly skewUs: number; readonly reconnectUs: number };
}

/** How far wall clocks may lie apart where no fault touches them. The cluster is run so; the store cannot check it. */
export const skewBoundMs = 10;

/** Faults after which replicas still hold all that they synced. Others weaken promises. Clocks may lie: what is promised goes by stamps. Of disks see `lost`. */
const harmlessToData: ReadonlySet<string> = new Set(["partition", "kill", "pause", "clock", "loss", "disk"]);

export function promises(settings: StoreSettings, facts: PlanFacts): Promises {
  const reads = facts.requests.filter(({ f }) => f === "read").map(({ r }) => r ?? settings.r);
  const writes = facts.requests.filter(({ f }) => f !== "read").map(({ w }) => w ?? settings.w);
  const smallestR = Math.min(settings.r, ...reads);
  const smallestW = Math.min(settings.w, ...writes);
  const lost = mostLost(settings, facts);
  // A replica that lost what it had acknowledged counts against the quorums that met in it (how long is not looked at: for good).
  const isStrict = smallestR + smallestW - lost > settings.n;
  const isHarmless = facts.faultKinds.every((kind) => harmlessToData.has(kind));
  const bounds = boundsOf(settings);
  const names: GuaranteeName[] = ["no-phantom", "no-failed-effect", "acknowledged"];
  if (isHarmless && smallestW - lost >= 1) names.push("durable");
  if (settings.versions === "siblings" && (isStrict || lost === 0)) names.push("siblings-1", "siblings-3", "siblings-5", "siblings-6", "siblings-7");
  if (isStrict && isHarmless) {
    names.push("read-your-writes", "no-resurrection");
    if (settings.versions === "siblings") names.push("siblings-2", "siblings-4");
    // Wall and hybrid stamps may order two writes against real time, so no more than the level of arbitrary stamps.
    else names.push("regular-stamped");
  }
  if (settings.versions === "stamps" && isHarmless && (isStrict || (settings.antiEntropy && lost === 0 && !facts.faultKinds.includes("clock")))) names.push("staleness");
  if (settings.readRepair === "blocking" && isHarmless && lost === 0 && meetsWriteBack(settings, reads)) names.push("monotonic-reads");
  if (settings.antiEntropy || settings.readRepair !== "off") names.push("converged", "repair-quiescent");
  return { guarantees: names, bounds };
}

/** Of any one key, on how many replicas synced data is lost. */
function mostLost(settings: StoreSettings, { keys, damagedNodes = [] }: PlanFacts): number {
  const damaged = new Set(damagedNodes);
  return damaged.size === 0 ? 0 : Math.max(0, ...keys.map((key) => preferenceList(settings, key).filter((node) => damaged.has(node)).length));
}

/**
 * A read of R writes back to N − R + 1 replicas, which meet every later read quorum of at least R, and miss some smaller ones. So all reads
 * must ask for the same R: with N = 3, a read with R = 3 leaves what it saw on one replica, and the next read with R = 2 can miss it.
 */
function meetsWriteBack(settings: StoreSettings, reads: readonly number[]): boolean {
  return reads.length === 0 || Math.min(...reads) === Math.max(...reads) || settings.n === 1;
}

function boundsOf(settings: StoreSettings): Promises["bounds"] {
  // A dead link is noticed within the silence and two ticks, then dialled again within the cap.
  const reconnectMs = settings.silenceMs + 2 * settings.pingIntervalMs + settings.reconnectCapMs;
  const exchangesMs = 2 * (settings.nodes - 1) * settings.antiEntropyIntervalMs;
  return { convergeUs: (reconnectMs + exchangesMs) * 1000, skewUs: skewBoundMs * 1000, reconnectUs: reconnectMs * 1000 };
}
