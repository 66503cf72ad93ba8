/** The campaign that tests mutants of the store: the same histories for each, on nodes that run one bundle. */
import { pathToFileURL } from "node:url";
import { builtInKinds, faultKinds, planAt, type PlanOptions } from "../../../generators/index.ts";
import {
  brokenPromises,
  swarmable,
  swarmableUnderProfile,
} from "../../../harness/campaign/index.ts";
import { judge } from "../../../checkers/index.ts";
import { hashHistory } from "../../../harness/history-file.ts";
import { bundled, createSimCluster, type Plan } from "../../../harness/index.ts";
import type { SimulatedTarget } from "../../../harness/platforms/simulator/index.ts";
import type { Target } from "../../../harness/targets/target.ts";
import { cannotMake, runHistory } from "../../../harness/run/index.ts";

/** Kinds of campaign, with how many of ten histories belong to each. */
const mix: readonly Campaign[] = [
  { share: 4, name: "register", settings: {} },
  { share: 2, name: "siblings", settings: { versions: "siblings" } },
  { share: 1, name: "register, clients route", settings: { routing: "client" } },
  {
    share: 1,
    name: "siblings, clients route",
    settings: { versions: "siblings", routing: "client" },
  },
  {
    share: 1,
    name: "register, membership changes",
    settings: {},
    faults: ["membership", "kill", "partition"],
  },
];

interface Campaign {
  readonly share: number;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Absent: all. */
  readonly faults?: readonly string[];
}

/** A description of the histories for the table. */
export const mixInWords = [
  ...mix.map(({ share, name }) => `${share} ${name}`),
  "1 each profile in turn",
].join("; ");

/** The plan of one of the campaign's histories. */
export function planOf(seed: number, history: number): Plan {
  return planAt(optionsOf(history), seed, history);
}

function optionsOf(history: number): PlanOptions {
  let place = history % 10;
  for (const { share, settings, faults = possibleFaults } of mix) {
    if (place < share)
      return options(settings, (name) => swarmable.includes(name) && !(name in settings), faults);
    place -= share;
  }
  const profiles = Object.values(bundled.profiles ?? {});
  const { settings = {} } = profiles[Math.floor(history / 10) % profiles.length] ?? {};
  return options(settings, (name) => swarmableUnderProfile.includes(name), possibleFaults);
}

const possibleFaults = faultKinds.filter(
  (kind) => cannotMake(kind, createSimCluster(bundled), builtInKinds) === null,
);

function options(
  settings: Readonly<Record<string, unknown>>,
  isOpen: (name: string) => boolean,
  faults: readonly string[],
): PlanOptions {
  const whole = bundled.parseSettings({ ...bundled.defaults, ...settings });
  return {
    target: bundled,
    settings: whole,
    workload: whole["versions"] === "siblings" ? "siblings" : "register",
    swarmSettings: bundled.openSettings.filter(isOpen),
    faults,
    claimed: [],
  };
}

/** The result for one mutant. */
export type Fate =
  | { readonly kind: "killed"; readonly history: number; readonly by: string }
  | {
      readonly kind: "survived";
      readonly histories: number;
      /** How many of the histories differed from those of the unchanged store. */
      readonly changed: number;
      readonly unknown: number;
    }
  | { readonly kind: "error" | "time-out"; readonly history: number; readonly message: string };

/** A history of the campaign. */
export interface Asked {
  readonly history: number;
  /** The hash of the same history on the unchanged store. An equal history needs no verdict. */
  readonly healthy?: string;
}

/**
 * Runs histories on nodes of a bundle, until one breaks a promise.
 *
 * @param file The bundle.
 * @param asked Which of the campaign's histories, in this order.
 * @param began Called before each.
 * @param ended Called after each, with the hash of the history.
 */
export async function runOn(
  file: string,
  seed: number,
  asked: readonly Asked[],
  began: (history: number) => void,
  ended: (history: number, hash: string) => void,
): Promise<Fate> {
  let unknown = 0;
  let changed = 0;
  let current = -1;
  try {
    const cluster = createSimCluster(await targetOf(file));
    for (const { history, healthy } of asked) {
      current = history;
      began(history);
      const events = await runHistory(planOf(seed, history), cluster, { evidence: true });
      await cluster.reset();
      const hash = hashHistory(events);
      ended(history, hash);
      if (hash === healthy) continue;
      changed++;
      const verdict = judge(events);
      const [by] = brokenPromises(verdict);
      if (by !== undefined) return { kind: "killed", history, by };
      if (verdict.verdict === "unknown") unknown++;
    }
    return { kind: "survived", histories: asked.length, changed, unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // An endless history: the simulator counts events and not seconds.
    const kind = message.startsWith("history-too-long") ? "time-out" : "error";
    return { kind, history: current, message };
  }
}

/** Nodes and clients come from the bundle, and everything that judges them does not. */
async function targetOf(file: string): Promise<Target> {
  const { simulator } = (await import(pathToFileURL(file).href)) as {
    readonly simulator: SimulatedTarget;
  };
  if (bundled.simulator === undefined) throw new Error("the bundled store runs in the simulator");
  const { program, clients } = simulator;
  return { ...bundled, simulator: { ...bundled.simulator, program, clients } };
}
