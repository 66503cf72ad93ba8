import type { GuaranteeName, RunEvent } from "../../checkers/index.ts";
import { keyName, nodeName, type Plan } from "../../generators/index.ts";
import { preferenceList } from "../../store/index.ts";
import {
  hintedErrors,
  hintsKeptWithinMs,
  hintsLastMs,
  promises,
} from "../targets/bundled/index.ts";
import { version } from "../version.ts";
import { longestRunMs } from "./longest.ts";
import { quorumsIn } from "./quorums.ts";

/** A history's opening event: all that checkers will know of the store, as the store itself declares it. */
export function runEvent(plan: Plan, on: "sim" | "docker", evidence: boolean): RunEvent {
  const { settings } = plan;
  const keys = Array.from({ length: plan.keys }, (_, index) => keyName(index));
  const promised = promises(settings, {
    requests: plan.operations.map((operation) => ({
      f: operation.f,
      ...quorumsIn(settings, operation),
    })),
    faultKinds: plan.faults.map((planned) => planned.fault.kind),
    damagedNodes: plan.faults.flatMap(({ fault }) =>
      fault.kind === "disk" ? fault.nodes.map(nodeName) : [],
    ),
    powerLossNodes: plan.faults.flatMap(({ fault }) =>
      fault.kind === "power" ? fault.nodes.map(nodeName) : [],
    ),
    keys,
    simulated: on === "sim",
    faultSpanMs: spanMs(plan),
    longestRunMs: longestRunMs(plan),
  });
  return {
    e: "run",
    format: "quorate-history/2",
    target: { name: "bundled", version, settings: { ...settings } },
    on,
    workload: settings.versions === "siblings" ? "siblings" : "register",
    capabilities: { versions: settings.versions, inspection: true, evidence },
    nodes: Array.from({ length: settings.nodes }, (_, index) => nodeName(index)),
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
