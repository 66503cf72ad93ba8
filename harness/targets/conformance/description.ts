/**
 * Checks a target's description without running it. Each problem is a sentence that says what is wrong and, in most
 * cases, what to do.
 */
import { builtInCheckers } from "../../../checkers/index.ts";
import { canRun, type Kinds, type Settings } from "../../../generators/index.ts";
import type { PlatformTraits, Target, TargetCapabilities } from "../target.ts";

export function descriptionProblem(
  target: Target,
  settings: Settings,
  kinds: Kinds,
  platform: PlatformTraits,
): string | null {
  return (
    namesProblem(target, kinds) ??
    factsProblem(target, settings) ??
    promisesProblem(
      target,
      settings,
      kinds,
      target.capabilities(settings, platform, target.workloads[0] ?? "register"),
    )
  );
}

function namesProblem({ name, version, workloads }: Target, kinds: Kinds): string | null {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    return `The target's name is ${JSON.stringify(name)}: use lower-case letters, digits and dashes, a letter first, since the name is used on command lines.`;
  if (version === "")
    return "The target has no version: give the target a version, since histories name the version.";
  if (workloads.length === 0)
    return 'The target lists no workload: list those that its clients know, such as ["register"].';
  const unknown = workloads.find((workload) => !kinds.workloads.has(workload));
  return unknown === undefined
    ? null
    : `The target lists the workload ${unknown}, which quorate does not know: correct it (${[...kinds.workloads.keys()].join(", ")}), or bring the workload along.`;
}

function factsProblem(target: Target, settings: Settings): string | null {
  const facts = target.facts(settings);
  if (!Number.isInteger(facts.nodes) || facts.nodes < 1)
    return `facts().nodes is ${facts.nodes}: give the number of nodes of a cluster.`;
  const replicas = facts.replicasOf("k0");
  const wrong = replicas.find((node) => !Number.isInteger(node) || node < 0 || node >= facts.nodes);
  if (wrong !== undefined)
    return `facts().replicasOf("k0") names the node ${wrong}: give indices from 0 to ${facts.nodes - 1}.`;
  if (replicas.length !== facts.replicas)
    return `facts().replicas is ${facts.replicas}, but replicasOf("k0") names ${replicas.length} nodes: make the two numbers equal.`;
  for (const f of ["read", "write"]) {
    const needed = facts.needed({ f });
    if (needed > facts.replicas)
      return `facts().needed says that a ${f} needs ${needed} of ${facts.replicas} replicas: such a ${f} could never succeed.`;
  }
  return null;
}

/** Checks that each promise can be judged, since a promise that no history can judge misleads readers of the report. */
function promisesProblem(
  target: Target,
  settings: Settings,
  { checkers }: Kinds,
  capabilities: TargetCapabilities,
): string | null {
  const has: Readonly<Record<string, boolean>> = {
    versions: capabilities.versions !== "none",
    stamps: capabilities.versions === "stamps",
    siblings: capabilities.versions === "siblings",
    inspection: capabilities.inspection,
    evidence: capabilities.evidence,
  };
  for (const workload of target.workloads.filter((name) => canRun(target, { name }))) {
    const { guarantees, bounds } = target.promises(settings, {
      workload,
      requests: [{ f: "read" }, { f: "write" }],
      effects: [],
      keys: ["k0"],
    });
    if (guarantees.length === 0)
      return `Of the workload ${workload} the target promises nothing, so no history of it can be valid: promise what the store's documents promise, such as "no-thin-air".`;
    for (const name of guarantees) {
      const checker = [...builtInCheckers, ...checkers].find((one) => one.name === name);
      if (checker === undefined)
        return `The target promises ${JSON.stringify(name)}, which no checker judges: take one of the names that quorate knows (docs/reference/guarantees.md).`;
      const missing = checker.needs.find((need) => has[need] === false);
      if (missing !== undefined)
        return `The target promises ${name}, which needs ${missing}, but the target's capabilities say that it lacks ${missing}: correct the capabilities, or do not promise ${name}.`;
    }
    const { tombstone = {}, ...times } = bounds;
    const bad = Object.entries({ ...times, ...tombstone }).find(
      ([, value]) => !(value >= 0 && value < Infinity),
    );
    if (bad !== undefined)
      return `The bound ${bad[0]} in promises().bounds is ${bad[1]}: give microseconds, 0 or more.`;
  }
  return null;
}
