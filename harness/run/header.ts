import type { GuaranteeName, RunEvent } from "../../checkers/index.ts";
import { type Kinds, kindOf, nodeNamer, type Plan } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { PlanFacts, Target } from "../targets/target.ts";
import { longestChangeMs, longestRunMs } from "./longest.ts";
import { newcomersOf } from "./newcomers.ts";
import { type HeardPlan, heardPlan } from "./operations.ts";

/** Makes the first event of a history. It contains what the target declares about the store and its promises. */
export function runEvent(
  plan: Plan,
  cluster: Pick<Cluster, "target" | "platform" | "virtualTime" | "unplannedEnds">,
  evidence: boolean,
  kinds: Kinds,
): RunEvent {
  const { target, platform, virtualTime } = cluster;
  const { settings } = plan;
  /**
   * If the platform notices when a process ends, `no-crash` is promised under all settings: a node that the harness
   * started must end only when the harness ends it.
   */
  const watched: readonly GuaranteeName[] = cluster.unplannedEnds === undefined ? [] : ["no-crash"];
  const facts = target.facts(settings);
  const nameOf = nodeNamer(facts);
  const heard = heardPlan(plan, target, kinds);
  const { keys } = heard;
  const newcomers = newcomersOf(plan, kinds, nameOf);
  const promised = target.promises(settings, {
    workload: heard.workload,
    requests: requestsOf(plan, target, heard),
    effects: plan.faults.flatMap(({ fault }) => kindOf(kinds, fault).effects(fault, facts)),
    keys,
    simulated: virtualTime,
    faultSpanMs: spanMs(plan),
    ...(newcomers === undefined ? {} : { membershipChanges: true as const }),
    longestRunMs:
      longestRunMs(plan, target, heard.requestsEach) +
      (newcomers === undefined ? 0 : longestChangeMs(plan, target)),
  });
  const { known: quorums, ...more } = target.describe(settings, keys);
  const capabilities = target.capabilities(settings, { platform, virtualTime }, plan.workload);
  const { versions, inspection } = capabilities;
  const recorded = evidence && capabilities.evidence;
  return {
    e: "run",
    format: "quorate-history/2",
    target: { name: target.name, version: target.version, settings: { ...settings } },
    on: platform,
    workload: plan.workload,
    capabilities: {
      versions,
      inspection,
      evidence: recorded,
      ...(cluster.unplannedEnds === undefined ? {} : { processes: true }),
    },
    nodes: [
      ...Array.from({ length: facts.nodes }, (_, index) => nameOf(index)),
      ...(newcomers ?? []),
    ],
    ...(newcomers === undefined || newcomers.length === 0 ? {} : { newcomers }),
    ...quorums,
    promised: [...watched, ...heard.promised(promised.guarantees, more.repair)].filter(
      (name) => recorded || !restsOnEvidence(name, promised.bounds),
    ),
    claimed: [...plan.claimed, ...kinds.checkers.map(({ name }) => name)],
    bounds: promised.bounds,
    ...more,
  };
}

/** Returns the requests of the plan's operations. Operations with the same function and levels share one object. */
function requestsOf(
  { operations, settings }: Plan,
  target: Target,
  heard: HeardPlan,
): PlanFacts["requests"] {
  const known = new Map<string, PlanFacts["requests"][number]>();
  return operations.map(({ f, levels }) => {
    const name = levels === undefined ? f : f + JSON.stringify(levels);
    const same = known.get(name);
    if (same !== undefined) return same;
    const request = { f: heard.operation(f), ...target.quorums?.(settings, levels ?? {}) };
    known.set(name, request);
    return request;
  });
}

function spanMs({ faults }: Plan): number {
  if (faults.length === 0) return 0;
  return (
    Math.max(...faults.map(({ atMs, durationMs }) => atMs + durationMs)) -
    Math.min(...faults.map(({ atMs }) => atMs))
  );
}

/**
 * Whether a guarantee can be judged only with evidence. If `bounds.tombstone` is set, only syncs show which deletes the
 * promise of `no-resurrection` covers.
 */
const restsOnEvidence = (name: string, { tombstone }: RunEvent["bounds"]): boolean =>
  needsEvidence.has(name) || (name === "no-resurrection" && tombstone !== undefined);

/**
 * The guarantees that can be judged only with evidence. A run without evidence does not promise them. If
 * `bounds.tombstone` is set, such a run does not promise `no-resurrection` either.
 */
export const needsEvidence: ReadonlySet<string> = new Set<GuaranteeName>([
  "acknowledged",
  "repair-quiescent",
  "siblings-6",
  "retained",
  "no-dirty-read",
  "handed-over",
]);
