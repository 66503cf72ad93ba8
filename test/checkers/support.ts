/** Builds small histories by hand. Times are in milliseconds here, and in microseconds in the events. */
import { modelOf } from "../../checkers/model/model.ts";
import { obstacle } from "../../checkers/model/checker.ts";
import { notApplicable } from "../../checkers/conclude.ts";
import { builtInCheckers } from "../../checkers/built-in-checkers.ts";
import type { Model } from "../../checkers/model/model.ts";
import type {
  Capabilities,
  DurableRecord,
  FaultEvent,
  FrameSummary,
  GuaranteeName,
  HistoryEvent,
  InspectEvent,
  Judgement,
  PhaseEvent,
  ReplicaState,
  RunEvent,
  VersionedValue,
} from "../../checkers/index.ts";

export const run = {
  e: "run",
  format: "quorate-history/2",
  target: { name: "bundled", version: "0", settings: {} },
  on: "sim",
  workload: "register",
  capabilities: { versions: "stamps", inspection: true, evidence: true },
  nodes: ["n1", "n2", "n3"],
  n: 3,
  r: 2,
  w: 2,
  preference: { k0: ["n1", "n2", "n3"] },
  promised: ["no-thin-air"],
  claimed: [],
  bounds: { convergeUs: 1_000_000, skewUs: 5_000, reconnectUs: 100_000 },
  stamps: "hybrid",
  repair: { read: "async", antiEntropy: true },
} satisfies RunEvent;

/**
 * Changes to the run event. Capabilities are given directly, not as an object. The versions also decide the workload.
 */
export type RunOverrides = Partial<RunEvent> & Partial<Capabilities>;

export function runWith({
  versions = "stamps",
  inspection = true,
  evidence = true,
  ...overrides
}: RunOverrides = {}): RunEvent {
  return {
    ...run,
    workload: versions === "siblings" ? "siblings" : "register",
    capabilities: { versions, inspection, evidence },
    ...overrides,
  };
}

export interface OperationOptions {
  readonly client?: string;
  readonly process?: number;
  readonly node?: string;
  readonly key?: string;
  readonly r?: number;
  readonly w?: number;
  readonly pr?: number;
  readonly pw?: number;
  readonly dw?: number;
  readonly contextOf?: number;
  readonly final?: true;
  readonly outcome?: "ok" | "fail" | "info" | "open";
  readonly version?: string;
  readonly context?: Readonly<Record<string, number>>;
}

/** A value such as `v5` with its version. `tombstone` makes a deletion with its version. */
export const of = (value: string, version = stampOf(value)): VersionedValue => ({ version, value });
export const tombstone = (version: string): VersionedValue => ({ version, value: null });
export const stampOf = (value: string): string => value.replace(/^v/, "").padStart(4, "0");

export class Scenario {
  readonly #run: RunEvent;
  readonly #events: HistoryEvent[] = [];
  readonly #seq = new Map<string, number>();
  #op = 0;

  constructor(overrides: RunOverrides = {}) {
    this.#run = runWith(overrides);
  }

  /** The op. */
  write(value: string, startMs: number, endMs: number, options: OperationOptions = {}): number {
    return this.#operation("write", value, [of(value, options.version)], startMs, endMs, options);
  }

  delete(version: string, startMs: number, endMs: number, options: OperationOptions = {}): number {
    return this.#operation("delete", undefined, [tombstone(version)], startMs, endMs, options);
  }

  read(
    returned: readonly VersionedValue[],
    startMs: number,
    endMs: number,
    options: OperationOptions = {},
  ): number {
    return this.#operation("read", undefined, returned, startMs, endMs, options);
  }

  fault(
    fault: number,
    kind: string,
    nodes: readonly string[],
    fromMs: number,
    toMs: number,
    more: Pick<FaultEvent, "clients" | "effects" | "detail"> = {},
  ): this {
    for (const [phase, atMs] of [
      ["inject", fromMs],
      ["injected", fromMs],
      ["heal", toMs],
      ["healed", toMs],
    ] as const) {
      this.#events.push({ e: "fault", atUs: atMs * 1000, phase, fault, kind, nodes, ...more });
    }
    return this;
  }

  phase(phase: PhaseEvent["phase"], atMs: number, detail?: string): this {
    const why = detail === undefined ? {} : { detail };
    this.#events.push({ e: "phase", atUs: atMs * 1000, phase, ...why });
    return this;
  }

  inspect(
    when: InspectEvent["when"],
    atMs: number,
    node: string,
    versions: readonly VersionedValue[],
    context?: ReplicaState["context"],
  ): this {
    const state =
      versions.length === 0
        ? {}
        : { k0: { versions, ...(context === undefined ? {} : { context }) } };
    this.#events.push({ e: "inspect", atUs: atMs * 1000, node, when, state });
    return this;
  }

  /**
   * The usual final phase: all nodes are restarted at `atMs`, and 100 ms later an inspection shows `versions` on every
   * node.
   */
  finalPhase(
    atMs: number,
    versions: readonly VersionedValue[],
    context?: ReplicaState["context"],
  ): this {
    this.phase("final-phase", atMs).phase("restarted", atMs);
    for (const node of this.#run.nodes) this.inspect("final", atMs + 100, node, versions, context);
    return this;
  }

  boot(node: string, atMs: number, boot: number): this {
    this.#events.push({ e: "boot", ...this.#evidence(node, boot, atMs), phase: "start" });
    return this;
  }

  sync(node: string, atMs: number, record: DurableRecord, boot = 1): this {
    this.#events.push({
      e: "sync",
      ...this.#evidence(node, boot, atMs),
      records: [record],
      hash: "h",
    });
    return this;
  }

  /** The evidence that the node recovered the record from its disk at its start. */
  recovered(node: string, atMs: number, record: DurableRecord, boot: number): this {
    this.#events.push({
      e: "sync",
      ...this.#evidence(node, boot, atMs),
      records: [record],
      hash: "h",
      recovered: true,
    });
    return this;
  }

  frame(
    e: "sent" | "received",
    node: string,
    peer: string,
    atMs: number,
    summary: FrameSummary,
    boot = 1,
  ): this {
    this.#events.push({ e, ...this.#evidence(node, boot, atMs), peer, ...summary });
    return this;
  }

  /** Leaves a gap in the node's evidence, as if one event were lost. */
  gap(node: string, boot = 1): this {
    this.#evidence(node, boot, 0);
    return this;
  }

  /** The events in the order of time, followed by the closing event. */
  events(end: HistoryEvent | null = { e: "end", atUs: 1e9 }): HistoryEvent[] {
    const ordered = this.#events
      .map((event, i) => ({ event, i }))
      .sort((a, b) => at(a.event) - at(b.event) || a.i - b.i);
    return [this.#run, ...ordered.map(({ event }) => event), ...(end === null ? [] : [end])];
  }

  /** The judgement of this history by the checker of `guarantee`. */
  check(guarantee: GuaranteeName): Judgement {
    return judgeBy(guarantee, modelOf(this.events()));
  }

  #evidence(
    node: string,
    boot: number,
    atMs: number,
  ): { atUs: number; node: string; boot: number; seq: number } {
    const id = `${node}.${boot}`;
    const seq = this.#seq.get(id) ?? 0;
    this.#seq.set(id, seq + 1);
    return { atUs: atMs * 1000, node, boot, seq };
  }

  #operation(
    f: "read" | "write" | "delete",
    value: string | undefined,
    versions: readonly VersionedValue[],
    startMs: number,
    endMs: number,
    options: OperationOptions,
  ): number {
    const op = this.#op++;
    const {
      client = `other${op}`,
      process = op,
      key = "k0",
      outcome = "ok",
      context,
      version: _,
      ...carried
    } = options;
    this.#events.push({
      e: "invoke",
      atUs: startMs * 1000,
      op,
      client,
      process,
      node: options.node ?? "n1",
      f,
      key,
      ...(value === undefined ? {} : { value }),
      ...carried,
    });
    const atUs = endMs * 1000;
    if (outcome === "ok")
      this.#events.push({
        e: "ok",
        atUs,
        op,
        versions,
        ...(context === undefined ? {} : { context }),
      });
    else if (outcome !== "open") this.#events.push({ e: outcome, atUs, op, code: "timeout" });
    return op;
  }
}

/** The judgement of a model by the checker of `guarantee`. */
export function judgeBy(guarantee: GuaranteeName, model: Model): Judgement {
  const checker = builtInCheckers.find(({ name }) => name === guarantee);
  if (checker === undefined) throw new Error(`no checker of ${guarantee}`);
  const inapplicable = obstacle(checker, model);
  return inapplicable === null ? checker.check(model) : notApplicable(inapplicable);
}

const at = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : -1);

/** Pseudo-random numbers from a seed (mulberry32), so that a test that fails will fail again. */
export function chance(seed: number): {
  int(limit: number): number;
  pick<T>(items: readonly T[]): T;
} {
  let state = seed >>> 0;
  const int = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    int,
    pick: (items) => {
      if (items.length === 0) throw new Error("nothing to pick from");
      return items[int(items.length)] as (typeof items)[number];
    },
  };
}
