/**
 * Makes a target of the few things that a store must declare. Most other members of the target get a cautious default.
 */
import { Ajv } from "ajv";
import { lazily } from "../lazily.ts";
import type { GuaranteeName } from "../../checkers/index.ts";
import type { ClusterFacts, Json, Settings } from "../../generators/index.ts";
import { UsageError } from "../errors.ts";
import type { PlanFacts, Promises, Target } from "./target.ts";

/** The input of defineTarget. A description may also contain any other member of Target. */
export interface TargetDescription extends Partial<
  Omit<Target, "name" | "version" | "promises" | "capabilities" | "facts" | "defaults">
> {
  /** The store's name: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly version: string;
  /** The number of nodes in a cluster. */
  readonly nodes: number;
  /** Settings with their defaults. Absent: the target has no settings. */
  readonly defaults?: Settings;
  /** The JSON Schema of the settings. Absent: each setting may have any value of its default's type. */
  readonly schema?: object;
  /** The time after which the store itself gives up a request, in ms. Default: 5,000. */
  readonly requestTimeoutMs?: number;
  /**
   * Facts that differ from the defaults. By default every node is a replica of every key, and quorums are majorities.
   */
  readonly facts?: (settings: Settings) => Partial<ClusterFacts>;
  /** Returns what the store promises under the plan's faults: guarantees alone, or guarantees with bounds. */
  promises(settings: Settings, facts: PlanFacts): readonly GuaranteeName[] | Promises;
  /**
   * What the harness can see of the store. Default: plain values without versions, no inspection, no evidence, and
   * fresh nodes for each history.
   */
  readonly capabilities?: Partial<ReturnType<Target["capabilities"]>>;
}

/** Generous bounds for a store that names no bounds. */
const usualBounds: Promises["bounds"] = {
  convergeUs: 10_000_000,
  skewUs: 10_000,
  reconnectUs: 10_000_000,
};

/**
 * Makes a whole target of a description. Most of what the description leaves out gets a cautious default, but not how
 * the store runs.
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
    throw refused(
      "target-name",
      "a target's name of lower-case letters, digits and dashes, a letter first",
      name,
    );
  if (!Number.isInteger(nodes) || nodes < 1)
    throw refused("target-nodes", `a whole number of nodes, 1 or more, for ${name}`, String(nodes));
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

/** Returns a schema with the names of the defaults and the types of their values. */
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
  new UsageError({
    code,
    expected,
    got,
    hint: "See harness/targets/template for a target that works.",
  });
