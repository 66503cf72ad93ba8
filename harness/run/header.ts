import type { GuaranteeName, RunEvent } from "../../checkers/index.ts";
import { keyName, type Kinds, kindOf, nodeName, type Plan } from "../../generators/index.ts";
import { preferenceList } from "../../store/index.ts";
import {
  askedQuorums,
  bundledPlans,
  hintedErrors,
  hintsKeptWithinMs,
  hintsLastMs,
  promises,
  storeSettings,
} from "../targets/bundled/index.ts";
import { longestRunMs } from "./longest.ts";
import { quorumsIn } from "./quorums.ts";

/** A history's opening event: all that checkers will know of the store, as the store itself declares it. */
export function runEvent(
  plan: Plan,
  on: "sim" | "docker",
  evidence: boolean,
  kinds: Kinds,
): RunEvent {
  const settings = storeSettings(plan.settings);
  const facts = bundledPlans.facts(plan.settings);
  const keys = Array.from({ length: plan.keys }, (_, index) => keyName(index));
  const promised = promises(settings, {
    requests: plan.operations.map((operation) => ({
      f: operation.f,
      ...quorumsIn(settings, askedQuorums(operation.levels)),
    })),
    effects: plan.faults.flatMap(({ fault }) => kindOf(kinds, fault).effects(fault, facts)),
    keys,
    simulated: on === "sim",
    faultSpanMs: spanMs(plan),
    longestRunMs: longestRunMs(plan),
  });
  return {
    e: "run",
    format: "quorate-history/1",
    on,
    nodes: Array.from({ length: settings.nodes }, (_, index) => nodeName(index)),
    versions: settings.versions,
    n: settings.n,
    r: settings.r,
    w: settings.w,
    preference: Object.fromEntries(keys.map((key) => [key, preferenceList(settings, key)])),
    promised: promised.guarantees.filter((name) => evidence || !needsEvidence.has(name)),
    claimed: plan.claimed,
    bounds: promised.bounds,
    stamps: settings.versions === "stamps" ? settings.stamps : "none",
    ...(settings.routing === "client" ? { routing: settings.routing } : {}),
    ...(settings.reads === "digest" ? { reads: settings.reads } : {}),
    ...(settings.quorums === "sloppy" ? { quorums: settings.quorums } : {}),
    ...(settings.deletes === "keep" ? {} : { deletes: settings.deletes }),
    ...(settings.sync === "periodic" ? { sync: settings.sync } : {}),
    repair: {
      read: settings.readRepair,
      antiEntropy: settings.antiEntropy,
      ...(settings.hints && settings.routing === "coordinator"
        ? {
            handoff: {
              windowUs: hintsLastMs(settings) * 1000,
              keptWithinUs: hintsKeptWithinMs(settings) * 1000,
              hintedErrors,
            },
          }
        : {}),
    },
    evidence,
  };
}

function spanMs({ faults }: Plan): number {
  if (faults.length === 0) return 0;
  return (
    Math.max(...faults.map(({ atMs, durationMs }) => atMs + durationMs)) -
    Math.min(...faults.map(({ atMs }) => atMs))
  );
}

/** With `--no-evidence` these have nothing to rest on; that run does not claim to judge them. */
export const needsEvidence: ReadonlySet<GuaranteeName> = new Set<GuaranteeName>([
  "acknowledged",
  "repair-quiescent",
  "siblings-6",
]);
