/** When faults were active, and which nodes and links they affected. */
import type { FaultEvent, Key, NodeName } from "../language/history.ts";
import type { KnownRun } from "./known-run.ts";

/** The time during which a fault was active, and what the fault affected. */
export interface FaultWindow {
  readonly fault: number;
  readonly kind: string;
  /** All affected nodes, including the ends of cuts. Has `clients` if a cut concerns all clients. */
  readonly nodes: ReadonlySet<NodeName>;
  /**
   * The directed links that the fault cuts, as `from>to`. If there are any, `leavesAlone` looks only at them and not at
   * `nodes`.
   */
  readonly cuts: ReadonlySet<string>;
  /**
   * The names of the fault's possible effects: `node-down`, `clock-off`, `synced-data-lost`, … `unknown` means any
   * effect.
   */
  readonly effects: ReadonlySet<string>;
  /** The only clients that the fault affects. Absent: it may affect all clients. */
  readonly clients?: ReadonlySet<string>;
  /** A sentence that describes the fault. Absent: kind, nodes and cuts say everything. */
  readonly detail?: string;
  readonly fromUs: number;
  /** The time at which the fault was healed. Infinity: it was never healed. */
  readonly toUs: number;
}

/** The windows of all faults that began. A skipped fault has none. */
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
 * Whether the fault affected a replica of the key in the ring of the `run` event. If the key's replicas are unknown
 * (for example, for a set whose elements are keys), every node counts as a replica.
 */
export function touches(run: KnownRun, fault: FaultWindow, key: Key): boolean {
  const replicas = run.preference[key] ?? run.nodes;
  return replicas.some((node) => fault.nodes.has(node));
}

/** The name that means all clients in `cuts`. */
export const allClients = "clients";

/**
 * Whether the fault affects neither these nodes nor any link between them. A fault that cuts links is taken to affect
 * only those links.
 */
export function leavesAlone({ nodes, cuts }: FaultWindow, among: readonly NodeName[]): boolean {
  if (cuts.size === 0) return !among.some((node) => nodes.has(node));
  return !among.some((from) => among.some((to) => cuts.has(`${from}>${to}`)));
}

/** Whether the fault may have one of these effects. A fault with the effect `unknown` may have each. */
export const hasEffect = ({ effects }: FaultWindow, ...names: readonly string[]): boolean =>
  effects.has("unknown") || names.some((name) => effects.has(name));

/** Whether the fault may have changed wall clocks. Wall and hybrid stamps then need not follow real time. */
export const isClockFault = (fault: FaultWindow): boolean => hasEffect(fault, "clock-off");

/**
 * The effects of a fault according to its kind. Needed for histories of earlier versions, which do not name effects.
 */
function effectsOfKind(kind: string): readonly string[] {
  if (kind.includes("clock")) return ["clock-off"];
  if (kind === "disk-full" || kind === "slow-disk") return [];
  if (kind.includes("disk")) return ["synced-data-lost", "node-down"];
  if (kind.includes("power")) return ["unsynced-data-lost", "node-down"];
  return ["kill", "pause"].some((stop) => kind.includes(stop)) ? ["node-down"] : [];
}
