/** Makes a target of the few things that a store must declare. Everything else has a cautious default. */
import { Ajv } from "ajv";
import { lazily } from "../lazily.ts";
import type { GuaranteeName } from "../../checkers/index.ts";
import type { ClusterFacts, Json, Settings } from "../../generators/index.ts";
import { UsageError } from "../errors.ts";
import type { PlanFacts, Promises, Target } from "./target.ts";

/** The input of defineTarget. Every member of Target can be given too. */
export interface TargetDescription extends Partial<
  Omit<Target, "name" | "version" | "promises" | "capabilities" | "facts" | "defaults">
> {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  readonly version: string;
  /** The number of nodes in a cluster. */
  readonly nodes: number;
  /** Settings with their defaults. Absent: none. */
  readonly defaults?: Settings;
  /** JSON Schema of the settings. Absent: any value of the default's type. */
  readonly schema?: object;
  /** The time after which the store itself gives up a request, in ms. Default: 5,000. */
  readonly requestTimeoutMs?: number;
  /** Corrects the defaults: every node is a replica of every key, with majority quorums. */
  readonly facts?: (settings: Settings) => Partial<ClusterFacts>;
  /** What the store promises under the plan's faults: guarantees, and bounds if any. */
  promises(settings: Settings, facts: PlanFacts): readonly GuaranteeName[] | Promises;
  /** Default: plain values, no inspection, no evidence, fresh nodes. */
  readonly capabilities?: Partial<ReturnType<Target["capabilities"]>>;
}

/** Generous bounds for a store that names none. */
const usualBounds: Promises["bounds"] = {
  convergeUs: 10_000_000,
  skewUs: 10_000,
  reconnectUs: 10_000_000,
};

/**
 * Makes a whole target of a description. What it leaves out gets a cautious default.
 *
 * @param description The store's name, version, number of nodes and promises, and how it runs: containers, simulator or
 *   external.
 * @returns A target for clusters, plans and campaigns, or for a configuration file.
 * @throws UsageError for a name that cannot stand on a command line, or an impossible number of nodes.
 * @example
 * const target = defineTarget({
 *   name: "own-store",
 *   version: "1",
 *   nodes: 3,
 *   promises: () => ["no-thin-air", "no-aborted-read"],
 *   external: { clients: promiseClients(({ host, port }) => client(`http://${host}:${port}`)) },
 * });
 */
export function defineTarget(description: TargetDescription): Target {
  const {
    name,
    nodes,
    defaults = {},
    schema,
    promises,
    capabilities,
    facts,
    ...rest
  } = description;
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw refused("target-name", "a target's name of lower-case letters, digits and dashes", name);
  if (!Number.isInteger(nodes) || nodes < 1)
    throw refused("target-nodes", `a whole number of nodes for ${name}`, String(nodes));
  const checked = lazily(() =>
    new Ajv({ strict: false }).compile<Settings>(schema ?? schemaLike(defaults)),
  );
  return {
    workloads: ["register"],
    parseSettings(input) {
      const settings: unknown = { ...defaults, ...(input as object) };
      const check = checked();
      if (check(settings)) return settings;
      const [error] = check.errors ?? [];
      throw refused(
        "target-settings",
        `settings of ${name}: ${error?.message ?? "others"}`,
        error?.instancePath === "" ? JSON.stringify(input) : (error?.instancePath ?? ""),
      );
    },
    openSettings: [],
    drawSettings: (_, base) => base,
    simplest: {},
    withNodes: () => null,
    sessions: () => "node",
    describe: () => ({ stamps: "none" }),
    finalPhase: () => ({
      settleBeforeRestartMs: 0,
      readsWith: null,
      handsOver: false,
      converges: false,
      lastLookMs: 0,
    }),
    ...rest,
    name,
    defaults,
    facts: (settings) => ({ ...usualFacts(nodes, description), ...facts?.(settings) }),
    promises(settings, plan) {
      const promised = promises(settings, plan);
      return "guarantees" in promised ? promised : { guarantees: promised, bounds: usualBounds };
    },
    capabilities: () => ({
      versions: "none",
      inspection: false,
      evidence: false,
      isolation: "fresh-nodes",
      ...capabilities,
    }),
  };
}

function usualFacts(nodes: number, { requestTimeoutMs = 5_000 }: TargetDescription): ClusterFacts {
  return {
    nodes,
    fewestNodes: nodes,
    replicas: nodes,
    replicasOf: () => Array.from({ length: nodes }, (_, index) => index),
    needed: () => Math.floor(nodes / 2) + 1,
    requestTimeoutMs,
    silenceMs: 1_000,
    reconnectMs: 1_000,
    triggers: [],
    carriesContexts: false,
  };
}

/** A schema with the defaults' names and the types of their values. */
function schemaLike(defaults: Settings): object {
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, { type: typeOf(value) }]),
    ),
  };
}

const typeOf = (value: Json): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

const refused = (code: string, expected: string, got: string): UsageError =>
  new UsageError({ code, expected, got, hint: "See harness/targets/template for one that works." });
