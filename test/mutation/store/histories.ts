/**
 * The campaign that tests mutants of the store. Each mutant gets those of the same histories that reach it, on nodes
 * that run the mutant's bundle.
 */
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

/** The kinds of histories, each with its share of ten histories. The rest of the ten uses the profiles in turn. */
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
  /** The kinds of fault. If absent, all that the simulator can make. */
  readonly faults?: readonly string[];
}

/** A description of the mix of histories, for the table. */
export const mixInWords = [
  ...mix.map(({ share, name }) => `${share} ${name}`),
  "1 each profile in turn",
].join("; ");

/** The plan of history number `history` of the campaign. */
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
      /** The number of histories that differed from those of the unchanged store. */
      readonly changed: number;
      readonly unknown: number;
    }
  | { readonly kind: "error" | "time-out"; readonly history: number; readonly message: string };

/** A history of the campaign that is to be run. */
export interface Asked {
  readonly history: number;
  /** The hash of this history on the unchanged store. If the mutant's history has the same hash, it is not judged. */
  readonly healthy?: string;
}

/**
 * Runs histories on nodes of a bundle, until one breaks a promise.
 *
 * @param file The path of the bundle.
 * @param asked The histories to run, in this order.
 * @param began Called before each history.
 * @param ended Called after each history, with its hash.
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
    // The simulator counts events instead of seconds, and gives up a history with too many.
    const kind = message.startsWith("history-too-long") ? "time-out" : "error";
    return { kind, history: current, message };
  }
}

/**
 * The target whose nodes and clients come from the bundle. Everything that judges them comes from the unchanged store.
 */
async function targetOf(file: string): Promise<Target> {
  const { simulator } = (await import(pathToFileURL(file).href)) as {
    readonly simulator: SimulatedTarget;
  };
  if (bundled.simulator === undefined) throw new Error("the bundled store runs in the simulator");
  const { program, clients } = simulator;
  return { ...bundled, simulator: { ...bundled.simulator, program, clients } };
}
