/**
 * Combines flags and configuration into the options for drawing plans. Flags win over the configuration, but
 * `--promise` adds to it.
 */
import type { GuaranteeName } from "../../checkers/index.ts";
import {
  isNative,
  type Json,
  type PlanOptions,
  type Settings,
  workloadsOn,
} from "../../generators/index.ts";
import { swarmableUnderProfile } from "../campaign/index.ts";
import { nearest } from "../nearest.ts";
import type { Target } from "../targets/target.ts";
import type { Chosen } from "./chosen-target.ts";
import { usage } from "./exit.ts";
import { faultKinds } from "./plan-values.ts";
import { guaranteeName, oneOf, wholeNumber } from "./values.ts";

export interface PlanFlags {
  readonly profile?: string;
  readonly set: readonly string[];
  readonly promise: readonly string[];
  readonly workload?: string;
  readonly faults?: string;
  readonly bug?: string;
  readonly operations?: string;
  readonly keys?: string;
  readonly clients?: string;
  /** The program of a node. */
  readonly bin?: string;
  readonly args?: readonly string[];
  readonly nodes?: string;
}

/**
 * The options for drawing plans.
 *
 * @param addresses The addresses of a running cluster. If there are any, their number is the number of nodes.
 * @throws UsageError for contradicting flags, or the target's own error for impossible settings.
 */
export function planOptions(
  flags: PlanFlags,
  chosen: Chosen,
  addresses: readonly string[],
): PlanOptions {
  const { target, kinds, config } = chosen;
  refuseBug(flags.bug, target);
  const profile = flags.profile ?? config?.profile;
  const settings = settingsOf(flags, chosen, addresses);
  const fixed = new Set([
    ...Object.keys(config?.settings ?? {}),
    ...flags.set.map((assignment) => assignment.split("=", 1)[0] ?? ""),
    ...(flags.nodes === undefined ? [] : ["nodes"]),
  ]);
  const claimed: readonly GuaranteeName[] = [
    ...(config?.promise ?? []),
    ...flags.promise.map((name) => guaranteeName("--promise", name)),
  ];
  return {
    target,
    kinds,
    settings,
    workload: workloadOf(flags, chosen, settings),
    // Each plan draws the open settings that neither flags, the configuration nor a profile fixes.
    swarmSettings: target.openSettings.filter(
      (name) => !fixed.has(name) && (profile === undefined || swarmableUnderProfile.includes(name)),
    ),
    faults:
      flags.faults === undefined
        ? faultsOf(config?.faults, chosen)
        : faultKinds(flags.faults, kinds),
    claimed: [...new Set(claimed)],
    ...sizesOf(flags),
    ...(flags.bug === undefined ? {} : { bug: flags.bug }),
  };
}

/** Parses the flags for the sizes of plans, each as N or FROM-TO. */
function sizesOf({
  operations,
  keys,
  clients,
}: PlanFlags): Pick<PlanOptions, "operations" | "keys" | "clients"> {
  return {
    ...(operations === undefined ? {} : { operations: range("--operations", operations, 10_000) }),
    ...(keys === undefined ? {} : { keys: range("--keys", keys, 2_000) }),
    ...(clients === undefined ? {} : { clients: range("--clients", clients, 200) }),
  };
}

function range(flag: string, text: string, most: number): { min: number; max: number } {
  const [from = "", to = from] = text.split("-", 2);
  const min = wholeNumber(flag, from, 1, most);
  return { min, max: wholeNumber(flag, to, min, most) };
}

function faultsOf(
  faults: readonly string[] | "all" | "none" | undefined,
  { kinds, target }: Chosen,
): readonly string[] {
  if (faults === undefined) return target.usualFaults ?? faultKinds("all", kinds);
  return typeof faults === "string" ? faultKinds(faults, kinds) : faults;
}

/** Throws UsageError for a planted bug if the target has no planted bugs. */
function refuseBug(bug: string | undefined, { name, bugs }: Target): void {
  if (bug !== undefined && bugs === undefined)
    throw usage({
      code: "contradiction",
      expected: `no --bug, as ${name} has no planted bugs`,
      got: `--bug ${bug}`,
      hint: "Leave --bug out, or add --target bundled",
    });
}

/**
 * The settings of profile, workload, configuration and flags. All --set flags are checked together, so that --set n=1
 * --set w=1 does not depend on their order.
 */
function settingsOf(
  flags: PlanFlags,
  { target, config, kinds }: Chosen,
  addresses: readonly string[],
): Settings {
  const workload = flags.workload ?? config?.workload;
  if (workload !== undefined)
    oneOf("--workload", workload, workloadsOn(target, kinds.workloads.values()));
  const whole: Record<string, Json> = {
    ...profileSettings(flags.profile ?? config?.profile, target),
    // Only a workload that the target implements itself may require settings. A workload made from register operations
    // requires none.
    ...(workload !== undefined && isNative(target, { name: workload })
      ? target.settingsFor?.(workload)
      : {}),
    ...(addresses.length === 0 ? {} : { nodes: addresses.length }),
    ...config?.settings,
    ...(flags.nodes === undefined ? {} : { nodes: wholeNumber("--nodes", flags.nodes, 1, 1000) }),
    ...programSettings(flags, target),
  };
  for (const assignment of flags.set) {
    const [name, value] = assigned(assignment, target);
    whole[name] = value;
  }
  const settings = target.parseSettings(whole);
  const { nodes } = target.facts(settings);
  if (addresses.length === 0 || nodes === addresses.length) return settings;
  throw usage({
    code: "contradiction",
    expected: `an address for each of ${nodes} nodes`,
    got: `${addresses.length}: ${addresses.join(", ")}`,
    hint: "Name each node's address, or leave the number of nodes out",
  });
}

/** The settings that `--bin` and the words after `--` set. Throws UsageError if the target has no such settings. */
export function programSettings(
  { bin, args = [] }: Pick<PlanFlags, "bin" | "args">,
  { name, defaults }: Target,
): Record<string, Json> {
  const given: Record<string, Json> = {
    ...(bin === undefined ? {} : { bin }),
    ...(args.length === 0 ? {} : { args }),
  };
  if (Object.keys(given).every((setting) => Object.hasOwn(defaults, setting))) return given;
  throw usage({
    code: bin === undefined ? "excess-arguments" : "contradiction",
    expected: `no ${bin === undefined ? "arguments" : "program"} of a node, as ${name} brings its own program`,
    got: bin === undefined ? args.join(" ") : `--bin ${bin}`,
    hint: `Leave ${bin === undefined ? "the arguments" : "--bin"} out, or add --target maelstrom`,
  });
}

function profileSettings(
  profile: string | undefined,
  { name, profiles, defaults }: Target,
): Settings {
  if (profile === undefined) return defaults;
  if (profiles === undefined)
    throw usage({
      code: "contradiction",
      expected: `no profile, as ${name} has none`,
      got: profile,
      hint: "Leave it out",
    });
  return profiles[oneOf("--profile", profile, Object.keys(profiles))]?.settings ?? defaults;
}

function workloadOf(
  flags: PlanFlags,
  { target, config, kinds }: Chosen,
  settings: Settings,
): string {
  const asked = flags.workload ?? config?.workload;
  const possible = workloadsOn(
    { workloads: target.workloadsUnder?.(settings) ?? target.workloads },
    [...kinds.workloads.values()].filter((workload) => !isNative(target, workload)),
  );
  const [usual = ""] = possible;
  if (asked === undefined || possible.includes(asked)) return asked ?? usual;
  throw usage({
    code: "contradiction",
    expected: `a workload that the target has under these settings: ${possible.join(", ")}`,
    got: asked,
    hint: "Name one of these, or leave the workload or the settings out",
  });
}

/**
 * Parses NAME=VALUE. The value gets the type of the setting's default if its text has that type, else it stays text.
 */
function assigned(assignment: string, target: Target): readonly [name: string, value: Json] {
  const { defaults } = target;
  const equals = assignment.indexOf("=");
  const name = equals < 0 ? assignment : assignment.slice(0, equals);
  const text = assignment.slice(equals + 1);
  if (!Object.hasOwn(defaults, name)) {
    const names = Object.keys(defaults);
    throw usage({
      code: "settings-assignment",
      expected: `--set NAME=VALUE with the name of a setting of ${target.name}`,
      got: JSON.stringify(assignment),
      hint: `The nearest names: ${nearest(name, names)}`,
    });
  }
  if (equals < 0)
    throw usage({
      code: "settings-assignment",
      expected: "--set NAME=VALUE",
      got: `${JSON.stringify(assignment)} without =value`,
      hint: `Write --set ${name}=VALUE; the default is ${name}=${String(defaults[name])}`,
    });
  switch (typeof defaults[name]) {
    case "number":
      return [name, /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text];
    case "boolean":
      return [name, text === "true" || text === "false" ? text === "true" : text];
    default:
      return [name, text];
  }
}
