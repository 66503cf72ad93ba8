/** The simulated cluster: the same store and the same faults as in containers, on virtual time. */
import { pathToFileURL } from "node:url";
import type { HistoryEvent, NodeName } from "../../../checkers/index.ts";
import type { HostEvent, ProcessState } from "../../../generators/index.ts";
import {
  isClientReply,
  isPeerReply,
  createNode,
  describeFrame,
  describeRecord,
  healthyParts,
  nodeNames,
  validate,
} from "../../../store/index.ts";
import type {
  ClientConnection,
  ClientHandlers,
  Cluster,
  ClusterClock,
  ClusterTimer,
  StartOptions,
} from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import { createFaultPorts } from "./fault-ports.ts";
import type { SimNode } from "./node.ts";
import type { Protocol } from "./protocol.ts";
import { bringUp } from "./readiness.ts";
import { SimWorld } from "./world.ts";

const protocol: Protocol = { validate, describeFrame, describeRecord };

/** A cluster that lives in this process, on virtual time. It can be started any number of times, one history at a time. */
export function createSimCluster(): Cluster {
  return new SimCluster();
}

class SimCluster implements Cluster {
  readonly kind = "sim";
  readonly environment: Readonly<Record<string, string>> = {};
  private world: SimWorld | null = null;
  readonly clock: ClusterClock = {
    nowUs: () => this.running().loop.nowUs,
    setTimer: (delayMs, fire) => this.running().setTimer(delayMs, fire),
  };
  readonly ports = createFaultPorts(
    () => this.running(),
    (name) => this.node(name),
  );

  get nodes(): readonly NodeName[] {
    return this.world === null ? [] : [...this.world.nodes.keys()];
  }

  async start(options: StartOptions): Promise<void> {
    await this.reset();
    const { settings } = options;
    const parts = await partsOf(options.bugBundle);
    const world = new SimWorld({
      seed: options.worldSeed,
      nodes: nodeNames(settings),
      program: (host) => createNode(host, settings, parts),
      protocol,
      evidence: options.evidence,
    });
    this.world = world;
    bringUp(world);
  }

  connect(client: string, node: NodeName, handlers: ClientHandlers): ClientConnection {
    const stream = this.running().connect(client, this.node(node).name, {
      open: () => handlers.open(),
      message: (message) => {
        if (isClientReply(message)) handlers.reply(message);
        else if (isPeerReply(message) && handlers.peerReply !== undefined)
          handlers.peerReply(message);
        else stream.close(`a client cannot receive ${message.type}`);
      },
      close: (reason) => handlers.closed(reason),
    });
    return {
      send: (request) => stream.send(request),
      close: () => stream.close("the client is done"),
    };
  }

  watch(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: ProcessState | null,
    reached: () => void,
  ): ClusterTimer {
    const machine = this.node(node);
    return machine.moments.add(event, count, () => {
      if (strike === "killed") machine.kill();
      else if (strike === "paused") machine.boot?.pause();
      reached();
    });
  }

  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const { loop } = this.running();
    return loop.run(condition, loop.nowUs + Math.ceil(timeoutMs * 1000));
  }

  async evidence(): Promise<readonly HistoryEvent[]> {
    return this.running().evidence;
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    return new Map([...this.running().nodes].map(([name, node]) => [name, node.log()]));
  }

  async reset(): Promise<void> {
    this.world?.end();
    this.world = null;
  }

  stop(): Promise<void> {
    return this.reset();
  }

  private running(): SimWorld {
    if (this.world !== null) return this.world;
    throw new EnvironmentError({
      code: "cluster-not-started",
      expected: "a started cluster",
      got: "one that was not started or was reset",
      hint: "Call start first.",
    });
  }

  private node(name: NodeName): SimNode {
    const node = this.running().nodes.get(name);
    if (node !== undefined) return node;
    throw new EnvironmentError({
      code: "no-such-node",
      expected: `one of ${this.nodes.join(", ")}`,
      got: name,
      hint: "Ask for a node of this cluster.",
    });
  }
}

/** A bug's bundle replaces parts of the healthy store; the store itself is the same. */
async function partsOf(bugBundle: string | undefined): Promise<typeof healthyParts> {
  if (bugBundle === undefined) return healthyParts;
  const bundle = (await import(pathToFileURL(bugBundle).href)) as { default?: unknown };
  if (typeof bundle.default === "function")
    return (bundle.default as (healthy: typeof healthyParts) => typeof healthyParts)(healthyParts);
  throw new EnvironmentError({
    code: "not-a-bug-bundle",
    expected: "a module whose default export is a function of the healthy parts",
    got: `${typeof bundle.default} in ${bugBundle}`,
    hint: "Export the planted bug as default.",
  });
}
