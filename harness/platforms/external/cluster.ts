/**
 * A cluster that somebody else runs: only the addresses for clients are known. quorate itself cannot start, kill or
 * wipe its nodes. So each history uses fresh keys, and the only possible faults are those that the configuration makes
 * by shell commands.
 */
import { randomBytes } from "node:crypto";
import type { HistoryEvent, NodeName } from "../../../checkers/index.ts";
import { nodeName, type PortName, ports } from "../../../generators/index.ts";
import { EnvironmentError } from "../../errors.ts";
import type { ExternalTarget, Target } from "../../targets/target.ts";
import type { Cluster, StartOptions } from "../cluster.ts";
import { noSuchNode, notStarted } from "../cluster-errors.ts";
import type { Done, FaultPorts } from "../fault-port.ts";
import { commandPort } from "../command-port.ts";
import { createWaiting } from "../waiting.ts";
import { ownKeys } from "../own-keys.ts";
import type { Address, Reach } from "../reach.ts";
import type { ClientSession, Inspected, TargetClients } from "../session.ts";
import { trackSession } from "../tracked-session.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { platformName } from "./name.ts";

/**
 * Creates a cluster of running nodes. `start` and `stop` neither start nor end nodes, and each history uses fresh keys.
 *
 * @param target A target with clients for a running cluster.
 * @param addresses One address for each node, the first node's first.
 * @throws EnvironmentError if the target has no clients for a running cluster, or `addresses` is empty.
 */
export function createExternalCluster(target: Target, addresses: readonly Address[]): Cluster {
  if (target.external === undefined)
    throw new EnvironmentError({
      code: "no-external",
      expected: "a target with clients for a cluster that already runs",
      got: `${target.name}, which has none (external.clients)`,
      hint: "Choose another platform with --on.",
    });
  if (addresses.length === 0)
    throw new EnvironmentError({
      code: "no-addresses",
      expected: "the address of each node",
      got: "none",
      hint: "Name the nodes with --addresses host:port,host:port, or in the configuration file.",
    });
  return new ExternalCluster(target, target.external, addresses);
}

const impossible = new EnvironmentError({
  code: "fault-impossible",
  expected: "a fault that can be made here",
  got: "a fault of nodes that somebody else runs",
  hint: "Leave it out.",
});

interface Running {
  readonly clients: TargetClients;
  readonly sessions: Set<ClientSession>;
  readonly clientLog: string[];
}

class ExternalCluster implements Cluster {
  readonly platform = platformName;
  readonly virtualTime = false;
  readonly replaysExactly = false;
  readonly target: Target;
  readonly nodes: readonly NodeName[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: FaultPorts;
  readonly membershipChanges = false;
  readonly #external: ExternalTarget;
  readonly #addresses: ReadonlyMap<NodeName, Address>;
  readonly #waiting = createWaiting();
  readonly clock = this.#waiting.clock;
  #running: Running | null = null;
  #clientError: Error | null = null;

  constructor(target: Target, external: ExternalTarget, addresses: readonly Address[]) {
    this.target = target;
    this.#external = external;
    this.#addresses = new Map(addresses.map((address, index) => [nodeName(index), address]));
    this.nodes = [...this.#addresses.keys()];
    const leaveAlone = {
      cannot: () => "nodes of a cluster that somebody else runs are left alone",
      set: (wanted: ReadonlyMap<string, unknown>, _: unknown, done: Done) =>
        void this.clock.setTimer(0, () => done(wanted.size === 0 ? null : impossible)),
    };
    this.ports = {
      ...(Object.fromEntries(ports.map(({ name }) => [name, leaveAlone])) as Record<
        PortName,
        typeof leaveAlone
      >),
      commands: commandPort((node) => this.#address(node)),
    };
    this.environment = {
      addresses: addresses.map(({ host, port }) => `${host}:${port}`).join(" "),
    };
  }

  async start({ settings, workload = "register", signal }: StartOptions): Promise<void> {
    this.#end();
    // `prepare` may set timers. They fire only between `begin` and `end` of the waiting.
    this.#waiting.begin();
    const clientLog: string[] = [];
    this.#clientError = null;
    const reach: Reach = {
      nodes: this.nodes,
      settings,
      workload,
      address: (node) => this.#address(node),
      addressOf: (node) => this.#address(node).host,
      clock: this.clock,
      secret: "",
      log: (line) => void clientLog.push(line),
      fail: (error) => {
        this.#clientError ??= error;
        this.#waiting.happened();
      },
    };
    if (this.#external.prepare !== undefined)
      await unlessAborted(this.#external.prepare(reach), signal);
    // Nothing was wiped, but fresh keys are as good as empty disks.
    const clients = ownKeys(this.#external.clients(reach), `q${randomBytes(5).toString("hex")}-`);
    this.#running = { clients, sessions: new Set(), clientLog };
    this.#waiting.begin();
  }

  get clientError(): Error | null {
    return this.#clientError;
  }

  connect(client: string, node: NodeName): ClientSession {
    const { clients, sessions } = this.#history();
    this.#address(node);
    return trackSession(clients.session(client, node), sessions, this.#waiting.happened);
  }

  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void {
    const { clients } = this.#history();
    if (clients.inspect === undefined)
      throw new Error(`${this.target.name} does not tell what a replica holds`);
    return clients.inspect(node, (inspected) => {
      done(inspected);
      this.#waiting.happened();
    });
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#waiting.until(condition, timeoutMs);
  }

  async evidence(): Promise<readonly HistoryEvent[]> {
    return [];
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    const lines = this.#history().clientLog;
    return new Map(lines.length === 0 ? [] : [["clients", `${lines.join("\n")}\n`]]);
  }

  async reset(): Promise<void> {
    this.#end();
  }

  async stop(): Promise<void> {
    this.#end();
  }

  #end(): void {
    this.#waiting.end();
    this.#running?.sessions.forEach((session) => session.close());
    this.#running?.clients.close?.();
    this.#running = null;
  }

  #history(): Running {
    if (this.#running !== null) return this.#running;
    throw notStarted();
  }

  #address(node: NodeName): Address {
    const address = this.#addresses.get(node);
    if (address !== undefined) return address;
    throw noSuchNode(node, this.nodes);
  }
}
