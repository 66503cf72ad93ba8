/** When faults held, and whom they touched. */
import type { FaultEvent, Key, NodeName } from "../language/history.ts";
import type { KnownRun } from "./known-run.ts";

/** One fault from its first change to its last. */
export interface FaultWindow {
  readonly fault: number;
  readonly kind: string;
  /** Every node that it touches, the ends of cuts included. */
  readonly nodes: ReadonlySet<NodeName>;
  /** Directed links that it cuts, as `from>to`. A fault that cuts links does nothing else to the nodes. */
  readonly cuts: ReadonlySet<string>;
  /** What it can do, by name: `node-down`, `clock-off`, `synced-data-lost`, …; `unknown` may be anything. */
  readonly effects: ReadonlySet<string>;
  /** The clients that it is about; absent: it is not about single clients. */
  readonly clients?: ReadonlySet<string>;
  /** What it does, in words, where kind, nodes and cuts do not tell. */
  readonly detail?: string;
  readonly fromUs: number;
  /** Infinity while it was not healed. */
  readonly toUs: number;
}

/** Faults that were begun and, if they were, healed. A skipped one never held. */
export function faultWindows(events: readonly FaultEvent[]): FaultWindow[] {
  const windows = new Map<number, FaultWindow>();
  for (const event of events) {
    const before = windows.get(event.fault);
    switch (event.phase) {
      case "inject":
      case "injected":
        if (before === undefined) {
          windows.set(event.fault, {
            fault: event.fault,
            kind: event.kind,
            nodes: new Set([...event.nodes, ...(event.cuts ?? []).flat()]),
            cuts: new Set((event.cuts ?? []).map(([from, to]) => `${from}>${to}`)),
            effects: new Set(event.effects ?? effectsOfKind(event.kind)),
            ...(event.clients !== undefined && { clients: new Set(event.clients) }),
            ...(event.detail !== undefined && { detail: event.detail }),
            fromUs: event.atUs,
            toUs: Infinity,
          });
        }
        break;
      case "healed":
        if (before !== undefined) windows.set(event.fault, { ...before, toUs: event.atUs });
        break;
      case "heal":
      case "skipped":
        break;
    }
  }
  return [...windows.values()];
}

/**
 * Whether the fault touched a replica of the key, which may be any node where the key's replicas are not known: a
 * set's, say, whose elements are keys.
 */
export function touches(run: KnownRun, fault: FaultWindow, key: Key): boolean {
  const replicas = run.preference[key] ?? run.nodes;
  return replicas.some((node) => fault.nodes.has(node));
}

/** The end at which all clients stand, in cuts. */
export const allClients = "clients";

/** Whether the fault leaves these nodes, and all links between them, alone. */
export function leavesAlone({ nodes, cuts }: FaultWindow, among: readonly NodeName[]): boolean {
  if (cuts.size === 0) return !among.some((node) => nodes.has(node));
  return !among.some((from) => among.some((to) => cuts.has(`${from}>${to}`)));
}

/** Whether the fault has one of these effects, or may have any. */
export const hasEffect = ({ effects }: FaultWindow, ...names: readonly string[]): boolean =>
  effects.has("unknown") || names.some((name) => effects.has(name));

/** Whether the fault moves wall clocks: under it, stamps of wall and hybrid clocks promise no order of real time. */
export const isClockFault = (fault: FaultWindow): boolean => hasEffect(fault, "clock-off");

/** Histories of earlier versions name kinds alone. */
function effectsOfKind(kind: string): readonly string[] {
  if (kind.includes("clock")) return ["clock-off"];
  if (kind.includes("disk")) return ["synced-data-lost", "node-down"];
  return ["kill", "power", "pause"].some((stop) => kind.includes(stop)) ? ["node-down"] : [];
}
