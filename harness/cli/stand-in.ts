/** Describes plans for reports if their target is missing, from what each plan itself says. */
import {
  builtInKinds,
  type Fault,
  type FaultKind,
  type Kinds,
  kindsWith,
  type Language,
  type PlanTarget,
  type Settings,
  type TargetName,
  type Workload,
} from "../../generators/index.ts";
import { targets } from "../targets/registry.ts";

/**
 * The target and kinds that can read this plan. For a target that is not built in, all settings, levels, faults and
 * operations are accepted.
 */
export function languageOf({ name, version }: TargetName, plan: unknown): Language {
  const known = targets.find((target) => target.name === name);
  if (known !== undefined) return { target: known };
  const kinds = anyKinds(plan);
  return { target: standIn(name, version, kinds), kinds };
}

/** The built-in kinds, and the other kinds that the plan names. */
function anyKinds(plan: unknown): Kinds {
  const { faults, workload, operations } = (plan ?? {}) as Readonly<Record<string, unknown>>;
  const namesIn = (list: unknown, nameOf: (item: never) => unknown): readonly string[] => [
    ...new Set(
      (Array.isArray(list) ? (list as never[]) : []).flatMap((item) => {
        const found = typeof item === "object" && item !== null ? nameOf(item) : undefined;
        return typeof found === "string" ? [found] : [];
      }),
    ),
  ];
  const kinds = namesIn(faults, ({ fault }: { readonly fault?: Partial<Fault> }) => fault?.kind);
  return kindsWith(
    kinds.filter((kind) => !builtInKinds.faults.has(kind)).map(anyFault),
    typeof workload === "string" && !builtInKinds.workloads.has(workload)
      ? [
          anyWorkload(
            workload,
            namesIn(operations, ({ f }: { readonly f?: unknown }) => f),
          ),
        ]
      : [],
  );
}

const anyFault = (kind: string): FaultKind => ({
  kind,
  meaning: "A kind of fault of your own.",
  schema: { type: "object", properties: { kind: { const: kind } }, required: ["kind"] },
  ports: [],
  example: { kind },
  draw: () => ({ kind }),
  say: ({ kind: _, ...fields }) => `${kind} ${JSON.stringify(fields)}`,
  nodesOf: () => [],
  partsOf: () => 0,
  narrow: () => null,
  withoutNode: (fault) => fault,
  wants: () => [],
  effects: () => [{ effect: "unknown" }],
});

const anyWorkload = (name: string, operations: readonly string[]): Workload => ({
  name,
  meaning: "A workload of your own.",
  operations: Object.fromEntries(
    operations.map((f) => [
      f,
      {
        args: {},
        say: ({ key, args }) =>
          `${f} k${key}${args === undefined ? "" : ` ${JSON.stringify(args)}`}`,
        writes: true,
      },
    ]),
  ),
  always: operations[0] ?? "",
  carries: true,
  mix: () => ({}),
  finalReads: () => [],
});

function standIn(name: string, version: string, kinds: Kinds): PlanTarget {
  return {
    name,
    version,
    workloads: [...kinds.workloads.keys()],
    parseSettings: (input) => input as Settings,
    openSettings: [],
    drawSettings: (_, base) => base,
    simplest: {},
    withNodes: () => null,
    facts: ({ nodes }) => ({
      // The plan may name any node if it does not say how many nodes there are.
      nodes: typeof nodes === "number" ? nodes : 1000,
      fewestNodes: 1,
      replicas: 1,
      replicasOf: () => [],
      needed: () => 1,
      requestTimeoutMs: 0,
      silenceMs: 0,
      reconnectMs: 0,
      triggers: [],
      carriesContexts: true,
    }),
    levels: {
      schema: { type: "object" },
      drawStyle: () => null,
      draw: () => ({}),
      problem: () => null,
      say: (levels) => JSON.stringify(levels),
    },
  };
}
