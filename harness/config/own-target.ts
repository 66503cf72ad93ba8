/** Somebody's own store: a short description of it, which becomes a whole target. */
import type { GuaranteeName } from "../../checkers/index.ts";
import {
  type Effect,
  type Json,
  type Kinds,
  type PlanTarget,
  type Settings,
  workloadOf,
} from "../../generators/index.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import type { ContainerTarget, ImageSource, Readiness } from "../platforms/docker/index.ts";
import type { Reach } from "../platforms/reach.ts";
import type { ClientSession, TargetClients } from "../platforms/session.ts";
import type { PlanFacts, Promises, Target } from "../targets/target.ts";
import { commandSession } from "./client-command.ts";
import { contextOf, type MakeClient, ownSession } from "./own-client.ts";
import { filesBelow, filled, type NodePlace } from "./own-node.ts";

/** A node, as the others reach it. */
export interface PeerNode {
  readonly name: string;
  /** On the network of the nodes. */
  readonly address: string;
  /** http://address:port */
  readonly url: string;
}

/** What a node is started with. */
export interface NodeStart extends PeerNode {
  /** From 0 on. */
  readonly index: number;
  /** All of them, this one included. */
  readonly nodes: readonly PeerNode[];
  readonly settings: Settings;
  readonly port: number;
  /** The data folder in the container; absent: none was named. */
  readonly data?: string;
}

/** How a node is started: in words, where `{name}`, `{peers}`, `{env:NAME}` … stand for what differs. */
export interface NodeWords {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path in the container → content. */
  readonly files?: Readonly<Record<string, string>>;
  /** How `{peers}` writes each node, with commas between them. Default: `{name}=http://{address}:{port}`. */
  readonly peer?: string;
}

export type OwnImage =
  /** The image that quorate makes from this machine's own node. */
  | "host"
  /** An image's name; or a Dockerfile's folder, or programs of this machine. */
  | (string & {})
  | ImageSource;

export interface OwnContainers {
  readonly image: OwnImage;
  /** Where each node listens for clients, on all its addresses. */
  readonly port: number;
  /** The folder of its data: a disk of its own, on which faults act. */
  readonly data?: string;
  /** Absolute path in the container → file or folder here, relative to the configuration file. */
  readonly files?: Readonly<Record<string, string>>;
  /** When a node serves. Default: once it takes connections. `log`: a regular expression. */
  readonly ready?:
    | { readonly http: string; readonly status?: number }
    | { readonly tcp: true | number }
    | { readonly log: string | RegExp };
  readonly startTimeoutMs?: number;
  /** The number of the user that it runs as. */
  readonly user?: number;
  /** True: it is linked against glibc at run time, and its wall clock may be moved. */
  readonly clock?: boolean;
  readonly node: NodeWords | ((start: NodeStart) => Omit<NodeWords, "peer">);
}

/** What a promise may depend on. */
export interface PromiseFacts extends Omit<PlanFacts, "effects"> {
  /** What the plan's faults do, whatever they are called. */
  readonly effects: readonly Effect[];
}

export interface OwnTarget {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  /** Of your store, or of this description: plans and tokens carry it. */
  readonly version: string;
  /** How many nodes. Default: 3. */
  readonly nodes?: number;
  /** Shrinking leaves so many. Default: all of them. */
  readonly fewestNodes?: number;
  /** Names of settings and their defaults: for `--set`, and for the functions below. */
  readonly settings?: Settings;
  /** Default: ["register"]. */
  readonly workloads?: readonly string[];
  /** Which operations of the workloads the client has. Default: all. */
  readonly operations?: readonly string[];
  /**
   * What the store promises: a list, or a function of settings and of what the plan's faults do. A list holds where no synced data is lost
   * and no fault has unknown effects; else only what clients can always see to be wrong.
   */
  readonly promises:
    | readonly GuaranteeName[]
    | ((settings: Settings, facts: PromiseFacts) => readonly GuaranteeName[]);
  /** After this the store itself gives an answer up. Default: 2,000. */
  readonly requestTimeoutMs?: number;
  /** How long after the faults replicas may differ, where `converged` is promised. Default: 10,000. */
  readonly convergeMs?: number;
  readonly containers?: OwnContainers;
  /** Makes a client of one node. Or `clientCommand`. */
  readonly client?: MakeClient;
  /** A program that is a client of one node, and its arguments; runs in the configuration file's folder. */
  readonly clientCommand?: readonly string[];
}

/** Where a description comes from, and what it may name. */
export interface OwnTargetOrigin {
  /** Of the configuration file: relative paths are below. */
  readonly folder: string;
  readonly kinds: Kinds;
}

const usualTimeoutMs = 2000;
const usualConvergeMs = 10_000;
/** Where data that was synced is lost, or nobody knows what a fault does, this alone is promised. */
const always: ReadonlySet<GuaranteeName> = new Set<GuaranteeName>(["no-thin-air"]);

/**
 * The whole target that a short description stands for.
 *
 * @param own The description: checked before.
 * @param origin Where it comes from.
 * @returns A target for containers (where it says how nodes run there) and for clusters that already run.
 */
export function targetOf(own: OwnTarget, origin: OwnTargetOrigin): Target {
  const clients = (reach: Reach): TargetClients => clientsOf(own, origin, reach);
  let tried = false;
  /** Before the first history: a client that cannot work is told from a store that does not answer. */
  const prepare = async (reach: Reach): Promise<void> => {
    if (tried) return;
    await tryClients(own, origin, reach);
    tried = true;
  };
  return {
    ...planning(own),
    defaults: { nodes: own.nodes ?? 3, ...own.settings },
    sessions: () => "node",
    promises: (settings, facts) => promisesOf(own, settings, facts),
    capabilities: (_, { platform }) => ({
      versions: "none",
      inspection: false,
      evidence: false,
      isolation: platform === "external" ? "fresh-keyspace" : "fresh-nodes",
    }),
    describe: () => ({ stamps: "none" }),
    finalPhase: () => ({
      settleBeforeRestartMs: 0,
      readsWith: null,
      handsOver: false,
      converges: Array.isArray(own.promises) && own.promises.includes("converged"),
      lastLookMs: 0,
    }),
    ...(own.containers === undefined
      ? {}
      : { containers: { ...containersOf(own, own.containers, origin), clients, prepare } }),
    external: { clients, prepare },
  };
}

function planning(own: OwnTarget): PlanTarget {
  const { name, version, workloads = ["register"], operations } = own;
  const defaults: Settings = { nodes: own.nodes ?? 3, ...own.settings };
  const nodesOf = (settings: Settings): number => Number(settings["nodes"]);
  return {
    name,
    version,
    workloads,
    parseSettings: (input) => parseSettings(name, defaults, input),
    openSettings: [],
    drawSettings: (_, base) => base,
    simplest: {},
    withNodes: (settings, nodes) =>
      nodes < (own.fewestNodes ?? nodesOf(defaults)) ? null : { ...settings, nodes },
    facts: (settings) => {
      const nodes = nodesOf(settings);
      return {
        nodes,
        fewestNodes: Math.min(nodes, own.fewestNodes ?? nodes),
        // Nothing is known of its replicas: every node may have a say, and most of them must.
        replicas: nodes,
        replicasOf: () => Array.from({ length: nodes }, (_, node) => node),
        needed: () => Math.floor(nodes / 2) + 1,
        requestTimeoutMs: own.requestTimeoutMs ?? usualTimeoutMs,
        silenceMs: own.requestTimeoutMs ?? usualTimeoutMs,
        reconnectMs: own.requestTimeoutMs ?? usualTimeoutMs,
        triggers: [],
        carriesContexts: false,
      };
    },
    usePercent: (_, f) => (operations === undefined || operations.includes(f) ? null : 0),
  };
}

function parseSettings(name: string, defaults: Settings, input: unknown): Settings {
  const asked = (input ?? {}) as Readonly<Record<string, Json>>;
  for (const [setting, value] of Object.entries(asked)) {
    const usual = Object.hasOwn(defaults, setting) ? defaults[setting] : undefined;
    if (usual === undefined)
      throw new UsageError({
        code: "unknown-setting",
        expected: `one of ${name}'s settings: ${Object.keys(defaults).join(", ")}`,
        got: setting,
        hint: "Add it to the target's settings, with its default, or drop it",
      });
    const isCount = setting !== "nodes" || (Number.isInteger(value) && Number(value) >= 1);
    if (typeof value !== typeof usual || !isCount)
      throw new UsageError({
        code: "bad-setting",
        expected:
          setting === "nodes"
            ? "nodes to be a whole number from 1 on"
            : `${setting} to be a ${typeof usual}, as its default ${JSON.stringify(usual)}`,
        got: JSON.stringify(value),
        hint: "Correct it",
      });
  }
  return { ...defaults, ...asked };
}

function promisesOf(own: OwnTarget, settings: Settings, facts: PlanFacts): Promises {
  const { promises } = own;
  const loses = facts.effects.some(
    (effect) => effect.effect === "unknown" || (effect.effect === "data-lost" && effect.synced),
  );
  return {
    guarantees:
      typeof promises === "function"
        ? promises(settings, facts)
        : loses
          ? promises.filter((name) => always.has(name))
          : promises,
    bounds: {
      convergeUs: (own.convergeMs ?? usualConvergeMs) * 1000,
      skewUs: 0,
      reconnectUs: (own.convergeMs ?? usualConvergeMs) * 1000,
    },
  };
}

type Containers = Omit<ContainerTarget, "clients" | "prepare">;

function containersOf(
  own: OwnTarget,
  containers: OwnContainers,
  { folder }: OwnTargetOrigin,
): Containers {
  const { port, data, files = {}, startTimeoutMs, user, clock, node } = containers;
  return {
    image: imageOf(containers.image, folder),
    clientPort: port,
    ready: readinessOf(containers.ready),
    ...(data === undefined ? {} : { dataPath: data }),
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    ...(user === undefined ? {} : { user }),
    ...(clock === undefined ? {} : { clock }),
    node(context) {
      const peer = (name: string): PeerNode => {
        const address = context.addressOf(name);
        return { name, address, url: `http://${address}:${port}` };
      };
      const start: NodeStart = {
        ...peer(context.node),
        index: context.index,
        nodes: context.nodes.map(peer),
        settings: context.settings,
        port,
        ...(data === undefined ? {} : { data }),
      };
      const spec =
        typeof node === "function" ? node(start) : filled(node, start satisfies NodePlace);
      if (!Array.isArray(spec.command) || spec.command.length === 0)
        throw new UsageError({
          code: "config-shape",
          expected: `a command for ${context.node}: node: () => ({ command: ["node", …] })`,
          got: JSON.stringify(spec.command) ?? "none",
          hint: `Return one from containers.node of ${own.name}`,
        });
      return {
        command: spec.command,
        ...(spec.environment === undefined ? {} : { environment: spec.environment }),
        files: { ...filesBelow(files, folder), ...spec.files },
      };
    },
  };
}

function imageOf(image: OwnImage, folder: string): ImageSource {
  if (typeof image !== "string")
    return image.from === "dockerfile" ? { ...image, folder: `${folder}/${image.folder}` } : image;
  return image === "host" ? { from: "machine" } : { from: "registry", name: image };
}

function readinessOf(ready: OwnContainers["ready"] = { tcp: true }): Readiness {
  return "log" in ready ? { log: new RegExp(ready.log) } : ready;
}

/** Sessions of the description's client. What a program did wrong is thrown where the history ends. */
function clientsOf(
  own: OwnTarget,
  { folder, kinds }: OwnTargetOrigin,
  reach: Reach,
): TargetClients {
  const isRead = isReadOf(own, kinds);
  let failure: EnvironmentError | null = null;
  return {
    session(client, node): ClientSession {
      const context = contextOf(reach, client, node);
      if (own.clientCommand !== undefined)
        return commandSession({
          command: own.clientCommand,
          folder,
          context,
          isRead,
          broken: (error) => void (failure ??= error),
        });
      if (own.client === undefined) throw new Error(`${own.name} has no client`);
      return ownSession(own.client(context), reach, isRead);
    },
    close() {
      const error = failure;
      failure = null;
      if (error !== null) throw error;
    },
  };
}

const isReadOf = (own: OwnTarget, kinds: Kinds): ((f: string) => boolean) => {
  const operations = (own.workloads ?? ["register"]).map(
    (name) => workloadOf(kinds, name).operations,
  );
  return (f) => operations.some((known) => Object.hasOwn(known, f) && known[f]?.writes === false);
};

/** Each node is read from once: a client that is not there, cannot speak or cannot reach its node ends the run with its own words. */
async function tryClients(own: OwnTarget, origin: OwnTargetOrigin, reach: Reach): Promise<void> {
  const timeoutMs = own.requestTimeoutMs ?? usualTimeoutMs;
  const clients = clientsOf(own, origin, reach);
  const wanted = neededOperations(own, origin.kinds);
  for (const node of reach.nodes) {
    if (own.client !== undefined) lackOf(own, own.client(contextOf(reach, "trial", node)), wanted);
    const deadline = performance.now() + timeoutMs + trialMs;
    for (;;) {
      const session = clients.session("trial", node);
      const outcome = await new Promise<Parameters<Parameters<ClientSession["perform"]>[2]>[0]>(
        (done) =>
          session.perform(
            { op: 0, f: "read", key: "trial" },
            Math.max(timeoutMs, deadline - performance.now()),
            done,
          ),
      );
      session.close();
      clients.close?.();
      if (outcome.kind === "ok") break;
      if (performance.now() >= deadline)
        throw new EnvironmentError({
          code: "client-cannot-read",
          expected: `the client of ${own.name} to read from ${node} while nothing disturbs it`,
          got: outcome.message,
          hint: "Try the client by hand against a node that runs",
        });
      await new Promise((later) => setTimeout(later, retryMs));
    }
  }
}

const trialMs = 3000;
const retryMs = 200;

/** The operations that plans may draw, by name. */
function neededOperations(own: OwnTarget, kinds: Kinds): readonly string[] {
  const { workloads = ["register"], operations } = own;
  const all = workloads.flatMap((name) => Object.keys(workloadOf(kinds, name).operations));
  return [...new Set(all)].filter((f) => operations?.includes(f) ?? true);
}

function lackOf(own: OwnTarget, client: unknown, wanted: readonly string[]): void {
  const methods = typeof client === "object" && client !== null ? client : {};
  const missing = wanted.filter(
    (f) => typeof (methods as Readonly<Record<string, unknown>>)[f] !== "function",
  );
  if (missing.length > 0)
    throw new UsageError({
      code: "client-lacks-operation",
      expected: `a client with the methods ${wanted.join(", ")}`,
      got: `one without ${missing.join(", ")}`,
      hint: `Add them, or name those that ${own.name} has: operations: ${JSON.stringify(wanted.filter((f) => !missing.includes(f)))}`,
    });
  (methods as { close?: () => void }).close?.();
}
