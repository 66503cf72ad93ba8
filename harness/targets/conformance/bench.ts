/** The cluster that the checks of a target share, and the requests they send. */
import type { NodeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { Cluster, StartOptions } from "../../platforms/cluster.ts";
import type { Done } from "../../platforms/fault-port.ts";
import type { Inspected, Outcome } from "../../platforms/session.ts";
import { ask, clientTimeoutMs, environmentMs, perform } from "../../run/index.ts";
import type { Target } from "../target.ts";

/**
 * The error for a target that breaks a rule for targets. The message says what is wrong and, in most cases, what to do.
 */
export class ConformanceError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "ConformanceError";
  }
}

export interface Shown {
  /** The node that was asked. */
  readonly node: NodeName;
  readonly answered: boolean;
  readonly shows: boolean;
}

export class Bench {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly target: Target;
  #op = 0;
  #key = 0;

  constructor(cluster: Cluster, settings: Settings) {
    this.cluster = cluster;
    this.target = cluster.target;
    this.settings = settings;
  }

  /** Returns a new key at each call, so that checks do not affect each other. */
  newKey(): string {
    return `conformance-${this.#key++}`;
  }

  /**
   * How many ms a cluster may take to become ready after a start or a heal. On a busy machine, starting a node takes
   * long.
   */
  get patienceMs(): number {
    return Math.max(environmentMs, this.target.containers?.startTimeoutMs ?? 0);
  }

  newOp(): number {
    return this.#op++;
  }

  /** Starts the cluster for a check: with fresh nodes, or on running nodes with fresh keys. */
  async start(options: Partial<StartOptions> = {}): Promise<void> {
    try {
      await this.cluster.start({
        settings: this.settings,
        worldSeed: 1,
        evidence: false,
        ...options,
      });
    } catch (error) {
      throw new ConformanceError(`${this.target.name} does not start: ${textOf(error)}`, error);
    }
  }

  /**
   * Writes through a node.
   *
   * @throws ConformanceError if the client never calls back.
   */
  async write(node: NodeName, key: string, value: string): Promise<Outcome> {
    return this.#ask(node, { f: "write", key, value });
  }

  async read(node: NodeName, key: string): Promise<Outcome> {
    return this.#ask(node, { f: "read", key });
  }

  /**
   * Repeats a write until it succeeds, for at most `patienceMs`, since nodes may still recover from a start or a fault.
   * Throws ConformanceError if the write never succeeds.
   */
  async acknowledged(
    node: NodeName,
    key: string,
    value: string,
  ): Promise<Outcome & { kind: "ok" }> {
    let last: Outcome | undefined;
    const untilUs = this.cluster.clock.nowUs() + this.patienceMs * 1000;
    do {
      last = await this.write(node, key, value);
      if (last.kind === "ok") return last;
      await this.wait(pollMs);
    } while (this.cluster.clock.nowUs() < untilUs);
    throw new ConformanceError(
      `${node} takes no write, although no fault is active: ${said(last)}. Make the client work, or let a node be ready only once it serves.`,
    );
  }

  /**
   * Reads through all nodes, again and again, until `isEnough` returns true or `withinMs` have passed. Returns what the
   * last read through each node showed.
   *
   * @param isEnough Default: whether at least one node returned the value.
   */
  async shown(
    key: string,
    value: string,
    withinMs: number,
    isEnough: (seen: readonly Shown[]) => boolean = isShown,
  ): Promise<readonly Shown[]> {
    const untilUs = this.cluster.clock.nowUs() + withinMs * 1000;
    for (;;) {
      const seen: Shown[] = [];
      for (const node of this.cluster.nodes) {
        const outcome = await this.read(node, key);
        const shows = outcome.kind === "ok" && valuesOf(outcome).includes(value);
        seen.push({ node, answered: outcome.kind === "ok", shows });
      }
      if (isEnough(seen) || this.cluster.clock.nowUs() >= untilUs) return seen;
      await this.wait(pollMs);
    }
  }

  async inspected(node: NodeName): Promise<Inspected> {
    const found: Inspected[] = [];
    const stop = this.cluster.inspect(node, (inspected) => void found.push(inspected));
    await this.cluster.until(() => found.length > 0, environmentMs);
    stop();
    const [inspected] = found;
    if (inspected !== undefined) return inspected;
    throw new ConformanceError(
      `${node} could not be inspected within ${environmentMs} ms: make inspect call back, or set capabilities.inspection to false.`,
    );
  }

  async set(
    nodes: ReadonlyMap<NodeName, "killed" | "paused">,
    before: typeof nodes,
  ): Promise<void> {
    const { process } = this.cluster.ports;
    await perform(this.cluster, (done: Done) => process.set(nodes, before, done));
  }

  /** Returns why nodes cannot be killed or paused here. Returns null if they can. */
  cannot(state: "killed" | "paused"): string | null {
    return this.cluster.ports.process.cannot?.(state) ?? null;
  }

  async wait(ms: number): Promise<void> {
    await this.cluster.until(() => false, ms);
  }

  async #ask(
    node: NodeName,
    request: { readonly f: string; readonly key: string; readonly value?: string },
  ): Promise<Outcome> {
    const op = this.newOp();
    const timeoutMs = clientTimeoutMs(this.target, this.settings);
    try {
      return await ask(this.cluster, node, { op, ...request }, timeoutMs);
    } catch (error) {
      throw neverAnswered(node, request.f, error);
    }
  }
}

export const neverAnswered = (node: NodeName, f: string, cause?: unknown): ConformanceError =>
  new ConformanceError(
    `The client of ${node} never said what became of a ${f}: call back once, at the latest after the timeout that perform is given.`,
    cause,
  );

const pollMs = 200;

export const isShown = (seen: readonly Shown[]): boolean => seen.some(({ shows }) => shows);

export const valuesOf = (outcome: Outcome): readonly (string | null)[] =>
  outcome.kind === "ok" ? (outcome.versions ?? []).map(({ value }) => value) : [];

export const said = (outcome: Outcome | undefined): string =>
  outcome === undefined
    ? "nothing"
    : outcome.kind === "ok"
      ? `ok, ${JSON.stringify(valuesOf(outcome))}`
      : `${outcome.kind} ${outcome.code} (${outcome.message})`;

export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
