/** A world that runs a program of the test. Its protocol accepts every message, and describes each by its id. */
import { protocol } from "../../../../harness/targets/bundled/simulator.ts";
import type { Host, LogRecord, Message, Quiet, StreamHandlers } from "../../../../store/index.ts";
import { type Impairment, linkName } from "../../../../generators/index.ts";
import {
  cutRule,
  impairmentRule,
  refusalRule,
} from "../../../../harness/platforms/simulator/link-rules.ts";
import type { Protocol } from "../../../../harness/platforms/simulator/protocol.ts";
import { SimWorld } from "../../../../harness/platforms/simulator/world.ts";

export const tinyProtocol: Protocol<Message, LogRecord> = {
  ...protocol,
  validate: (message) =>
    message.type === "ping" || message.type === "pong" ? null : "only pings and pongs",
  describeFrame: (message) => ({ frame: "other", detail: `${message.type} ${message.id}` }),
  describeRecord: (record) => ({
    key: record.key,
    versions: record.state.kind === "stamped" ? [record.state.stamp] : [],
  }),
};

export const ping = (id: number): Message => ({ type: "ping", id });

export interface TinyWorld {
  readonly world: SimWorld;
  /** For each node, the Host of its latest boot. */
  readonly hosts: Map<string, Host>;
  /** Lets `ms` milliseconds of virtual time pass. */
  pass(ms: number): void;
  host(node: string): Host;
}

export interface TinyOptions {
  readonly seed?: number;
  readonly nodes?: readonly string[];
  readonly protocol?: Protocol<Message, LogRecord>;
  /**
   * The program of the nodes, called at each boot. By default it does nothing. A node that accepts no streams refuses
   * connections.
   */
  readonly program?: (host: Host) => Quiet | void;
}

export function tinyWorld(options: TinyOptions = {}): TinyWorld {
  const hosts = new Map<string, Host>();
  const world = new SimWorld({
    seed: options.seed ?? 7,
    nodes: options.nodes ?? ["n1", "n2", "n3"],
    protocol: options.protocol ?? tinyProtocol,
    evidence: true,
    program: (host) => {
      hosts.set(host.node, host as Host);
      return options.program?.(host as Host);
    },
  });
  world.startAll();
  const pass = (ms: number): void => {
    world.loop.run(() => false, world.loop.nowUs + ms * 1000);
  };
  pass(1);
  const host = (node: string): Host => {
    const found = hosts.get(node);
    if (found === undefined) throw new Error(`no host of ${node}`);
    return found;
  };
  return { world, hosts, pass, host };
}

/** Cuts exactly these directions, and heals all others. */
export const setCuts = (
  { network }: SimWorld,
  cuts: readonly (readonly [from: string, to: string])[],
): void => network.setRule("cuts", cutRule(new Map(cuts.map((cut) => [linkName(...cut), true]))));

/** Impairs exactly these directions, and heals all others. */
export const setImpairments = (
  { network }: SimWorld,
  impairments: readonly (readonly [from: string, to: string, of: Impairment])[],
): void =>
  network.setRule(
    "impairments",
    impairmentRule(new Map(impairments.map(([from, to, of]) => [linkName(from, to), of]))),
  );

/** Makes exactly these nodes refuse new connections, and no others. */
export const setRefusing = ({ network }: SimWorld, nodes: readonly string[]): void =>
  network.setRule("refusals", refusalRule(new Map(nodes.map((node) => [node, true]))));

/**
 * A program that accepts every stream. It adds each message that arrives to `arrived`, and each end of a stream to
 * `closed`.
 */
export function listening(
  arrived: { at: number; from: string; id: number }[],
  closed: string[] = [],
): (host: Host) => void {
  return (host) =>
    host.accept((remote) => ({
      message: (message) =>
        arrived.push({
          at: host.monotonicUs(),
          from: remote.kind === "peer" ? remote.node : remote.name,
          id: message.id,
        }),
      close: (reason) => closed.push(`${host.node}: ${reason}`),
    }));
}

export const quiet: StreamHandlers = { message: () => {}, close: () => {} };
