/** Makes a whole target of a user's short description of their store. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { type Kinds, type Settings, workloadOf } from "../../generators/index.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import type { ContainerTarget, ImageSource, Readiness } from "../platforms/docker/index.ts";
import type { OpenClients, Reach } from "../platforms/reach.ts";
import type { ClientSession, Outcome } from "../platforms/session.ts";
import { commandClients } from "../targets/command-client.ts";
import { defineTarget } from "../targets/define-target.ts";
import { type PromiseClient, promiseClients } from "../targets/promise-client.ts";
import type { PlanFacts, Target } from "../targets/target.ts";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { platformName as externalName } from "../platforms/external/name.ts";
import { filesBelow, filled, type NodePlace } from "./own-node.ts";

/** What a client is made for: one client, usually of the plan, and one node. */
export interface ClientContext {
  /** The node's name: n1, n2, … */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  /** The node's URL for clients: http://host:port */
  readonly url: string;
  /**
   * The name of the client: c1, c2, … for the clients of the plan, `sweeper` in the final phase of a history, `trial`
   * before the first history, and `script` for a request of `ask`.
   */
  readonly client: string;
  readonly settings: Settings;
  /** Adds a line to the logs of the run. */
  log(line: string): void;
}

/**
 * Makes a client that talks to one node. Called before the first history to try the client, at each client's first
 * request to a node, and again after an operation with an unknown outcome or without a connection.
 */
export type MakeClient = (context: ClientContext) => PromiseClient | Promise<PromiseClient>;

/** A node as the other nodes reach it. */
export interface PeerNode {
  readonly name: string;
  /** The address on the nodes' network. */
  readonly address: string;
  /** The node's URL for other nodes: http://address:port */
  readonly url: string;
}

/** What is known about a node when it is started. */
export interface NodeStart extends PeerNode {
  /** The number of the node, counted from 0. */
  readonly index: number;
  /** All nodes, including this one. */
  readonly nodes: readonly PeerNode[];
  readonly settings: Settings;
  readonly port: number;
  /** The data folder in the container. Absent if neither the description nor its compose file names one. */
  readonly data?: string;
}

/** How a node is started, as words with placeholders: `{name}`, `{peers}`, `{env:NAME}` … */
export interface NodeWords {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The files to write into the container: absolute path → content. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * How each node is written in `{peers}`, which lists all nodes with commas between them. Default:
   * `{name}=http://{address}:{port}`.
   */
  readonly peer?: string;
}

/** The source of a node's image. */
export type OwnImage =
  /** An image that quorate makes from the Node.js of this machine. */
  | "host"
  /** An image's name. An object names an image, a Dockerfile's folder, or programs of this machine. */
  | (string & {})
  | ImageSource;

/** A compose file, and those of its services that are the nodes n1, n2, … in this order. */
export interface OwnCompose {
  /** The path of the compose file, relative to the configuration file. */
  readonly file: string;
  /** The names of the services that are nodes. Default: the largest group of services with the same image. */
  readonly services?: readonly string[];
}

/** How the nodes of your store run in containers. */
export interface OwnContainers extends Partial<Omit<WholeContainers, "node">> {
  /**
   * A compose file that says the image, port, data folder, files, readiness, command and environment of each node. The
   * other fields of this object override the compose file, but `files`, and the environment in a `node` that is no
   * function, add to it. Without a compose file, `image`, `port` and `node` are required.
   */
  readonly compose?: OwnCompose;
  /**
   * How each node is started: words with placeholders, or a function that returns words. Without `compose`, the words
   * must contain a command.
   */
  readonly node?: Partial<NodeWords> | ((start: NodeStart) => Omit<NodeWords, "peer">);
}

/** How the nodes run in containers, after the compose file was read. */
export interface WholeContainers {
  readonly image: OwnImage;
  /** The port on which each node listens for clients, on all addresses of the node. */
  readonly port: number;
  /**
   * The data folder in the container. If the machine allows it, the folder is on a disk of its own, on which faults
   * act.
   */
  readonly data?: string;
  /**
   * The files and folders to copy into each container: absolute path in the container → path on this machine, relative
   * to the configuration file.
   */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * When a node counts as ready. `log` is a regular expression that the node's log must match. Default: the node is
   * ready once it accepts connections.
   */
  readonly ready?:
    | { readonly http: string; readonly status?: number }
    | { readonly tcp: true | number }
    | { readonly log: string | RegExp };
  readonly startTimeoutMs?: number;
  /** The numeric id of the user that the node runs as. */
  readonly user?: number;
  /** The node's memory limit in MiB. Default: 2,048. */
  readonly memoryMiB?: number;
  /** True if the node links against glibc at run time, so that faults can move its wall clock. */
  readonly clock?: boolean;
  /** How each node is started: words with placeholders, or a function that returns words. */
  readonly node: NodeWords | ((start: NodeStart) => Omit<NodeWords, "peer">);
}

/** A short description of your store, from which quorate derives the rest of a target. */
export interface OwnTarget {
  /** The store's name: lower-case letters, digits and dashes. */
  readonly name: string;
  /** The version of your store or of this description. Plans and tokens contain it. */
  readonly version: string;
  /** The number of nodes. Default: 3, or the number of services if a compose file describes the nodes. */
  readonly nodes?: number;
  /** The smallest number of nodes that shrinking may leave. Default: all of them. */
  readonly fewestNodes?: number;
  /** Names of settings with their defaults, for `--set` and for the functions of this description. */
  readonly settings?: Settings;
  /** The names of the workloads that the store can run. Default: ["register"]. */
  readonly workloads?: readonly string[];
  /** Which operations of the workloads the client has. Default: all. */
  readonly operations?: readonly string[];
  /**
   * What the store promises: a list, or a function of the settings and of the effects of the plan's faults. If a fault
   * loses synced data or has unknown effects, only `no-thin-air` of the list stays promised.
   */
  readonly promises:
    readonly GuaranteeName[] | ((settings: Settings, facts: PlanFacts) => readonly GuaranteeName[]);
  /** The time after which the store itself gives up a request, in ms. Default: 2,000. */
  readonly requestTimeoutMs?: number;
  /** How long replicas may differ after the faults, in ms, if `converged` is promised. Default: 10,000. */
  readonly convergeMs?: number;
  readonly containers?: OwnContainers;
  /** Makes a client that talks to one node. A description has either this function or `clientCommand`. */
  readonly client?: MakeClient;
  /** A program, with its arguments, that acts as a client of one node. It runs in the configuration file's folder. */
  readonly clientCommand?: readonly string[];
}

/** The folder of a description, and the kinds of fault and workloads that the description may name. */
export interface OwnTargetOrigin {
  /** The configuration file's folder. Relative paths are resolved against it. */
  readonly folder: string;
  readonly kinds: Kinds;
}

const usualNodes = 3;
const usualTimeoutMs = 2000;
const usualConvergeMs = 10_000;
/** The guarantees that stay promised even if synced data is lost or a fault has unknown effects. */
const always: ReadonlySet<GuaranteeName> = new Set<GuaranteeName>(["no-thin-air"]);

/**
 * Makes the whole target of a short description.
 *
 * @param own The checked description.
 * @param origin Where the description comes from.
 * @returns A target for running clusters, and also for containers if the description says how nodes run there.
 */
export function targetOf(own: WholeOwnTarget, origin: OwnTargetOrigin): Target {
  const { name, version, nodes = usualNodes, fewestNodes = nodes, operations } = own;
  const { requestTimeoutMs = usualTimeoutMs, convergeMs = usualConvergeMs, promises } = own;
  const clients = clientsOf(own, origin);
  let tried = false;
  /** Runs before the first history, to distinguish a client that cannot work from a store that does not answer. */
  const prepare = async (reach: Reach): Promise<void> => {
    if (tried) return;
    await tryClients(own, origin, clients, reach);
    tried = true;
  };
  const nodesOf = (settings: Settings): number => Number(settings["nodes"]);
  return {
    ...defineTarget({
      name,
      version,
      nodes,
      defaults: { nodes, ...own.settings },
      workloads: own.workloads ?? ["register"],
      requestTimeoutMs,
      parseSettings: (input) => parseSettings(name, { nodes, ...own.settings }, input),
      withNodes: (settings, left) => (left < fewestNodes ? null : { ...settings, nodes: left }),
      facts(settings) {
        const count = nodesOf(settings);
        return {
          nodes: count,
          fewestNodes: Math.min(count, fewestNodes),
          replicas: count,
          // Nothing is known about the replicas of the store, so every node counts as a replica of every key, and a
          // majority as a quorum.
          replicasOf: () => Array.from({ length: count }, (_, node) => node),
          needed: () => Math.floor(count / 2) + 1,
        };
      },
      usePercent: (_, f) => (operations === undefined || operations.includes(f) ? null : 0),
      promises: (settings, facts) => ({
        guarantees: guaranteesOf(promises, settings, facts),
        bounds: { convergeUs: convergeMs * 1000, skewUs: 10_000, reconnectUs: convergeMs * 1000 },
      }),
      finalPhase: () => ({
        settleBeforeRestartMs: 0,
        readsWith: null,
        handsOver: false,
        converges: Array.isArray(promises) && promises.includes("converged"),
        lastLookMs: 0,
      }),
      ...(own.containers === undefined
        ? {}
        : { containers: { ...containersOf(own, own.containers, origin), clients, prepare } }),
      external: { clients, prepare },
    }),
    capabilities: (_, { platform }) => ({
      versions: "none",
      inspection: false,
      evidence: false,
      isolation: platform === externalName ? "fresh-keyspace" : "fresh-nodes",
    }),
  };
}

function parseSettings(name: string, defaults: Settings, input: unknown): Settings {
  const asked = (input ?? {}) as Settings;
  for (const [setting, value] of Object.entries(asked)) {
    const usual = Object.hasOwn(defaults, setting) ? defaults[setting] : undefined;
    if (usual === undefined)
      throw new UsageError({
        code: "unknown-setting",
        expected: `one of ${name}'s settings: ${Object.keys(defaults).join(", ")}`,
        got: setting,
        hint: "Add the setting to the target's settings with a default, or leave it out",
      });
    if (typeof value !== typeof usual || (setting === "nodes" && !isCount(value)))
      throw new UsageError({
        code: "bad-setting",
        expected:
          setting === "nodes"
            ? "nodes to be a whole number from 1 to 99"
            : `${setting} to be a ${typeof usual}, as its default ${JSON.stringify(usual)} is`,
        got: JSON.stringify(value),
        hint: "Correct it",
      });
  }
  return { ...defaults, ...asked };
}

const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 99;

/**
 * Calls a user's function for the promises and checks that it returns a list. Throws UsageError if the function throws
 * or returns something else.
 */
export function namesFrom(promises: () => unknown): readonly GuaranteeName[] {
  const refused = (got: string, cause?: unknown): UsageError =>
    new UsageError(
      {
        code: "bad-promises",
        expected:
          "target.promises to be a list of guarantees, or a function that returns such a list",
        got,
        hint: "Correct target.promises in the configuration",
      },
      cause,
    );
  let names: unknown;
  try {
    names = promises();
  } catch (error) {
    throw refused(`a function that threw ${thrownText(error)}`, error);
  }
  if (Array.isArray(names)) return names as readonly GuaranteeName[];
  throw refused(`a function that returned ${JSON.stringify(names) ?? String(names)}`);
}

function guaranteesOf(
  promises: OwnTarget["promises"],
  settings: Settings,
  facts: PlanFacts,
): readonly GuaranteeName[] {
  if (typeof promises === "function") return namesFrom(() => promises(settings, facts));
  const isLost = facts.effects.some(
    (effect) => effect.effect === "unknown" || (effect.effect === "data-lost" && effect.synced),
  );
  return isLost ? promises.filter((name) => always.has(name)) : promises;
}

/** A description whose `containers` has all required fields. */
export type WholeOwnTarget = Omit<OwnTarget, "containers"> & {
  readonly containers?: WholeContainers;
};

type Containers = Omit<ContainerTarget, "clients" | "prepare">;

function containersOf(
  own: WholeOwnTarget,
  containers: WholeContainers,
  { folder }: OwnTargetOrigin,
): Containers {
  const { port, data, files = {}, startTimeoutMs, user, memoryMiB, clock, node } = containers;
  return {
    image: imageOf(containers.image, folder),
    clientPort: port,
    ready: readinessOf(containers.ready),
    ...(data === undefined ? {} : { dataPath: data }),
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    ...(user === undefined ? {} : { user }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
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
        typeof node === "function"
          ? specFrom(own.name, () => node(start))
          : filled(node, start satisfies NodePlace);
      return {
        command: spec.command,
        ...(spec.environment === undefined ? {} : { environment: spec.environment }),
        files: { ...filesBelow(files, folder), ...spec.files },
      };
    },
  };
}

/**
 * Calls a user's function for the start of a node and checks the command in its result. Throws UsageError if the
 * function throws or the command is wrong.
 */
function specFrom(target: string, node: () => unknown): Omit<NodeWords, "peer"> {
  const refused = (got: string, cause?: unknown): UsageError =>
    new UsageError(
      {
        code: "bad-node",
        expected: `containers.node of ${target} to return a command: ({ name }) => ({ command: ["node", …] })`,
        got,
        hint: "Correct containers.node in the configuration",
      },
      cause,
    );
  let spec: unknown;
  try {
    spec = node();
  } catch (error) {
    throw refused(`a function that threw ${thrownText(error)}`, error);
  }
  const { command } = (spec ?? {}) as Partial<NodeWords>;
  if (
    Array.isArray(command) &&
    command.length > 0 &&
    command.every((word) => typeof word === "string")
  )
    return spec as Omit<NodeWords, "peer">;
  throw refused(`a function that returned ${JSON.stringify(spec) ?? String(spec)}`);
}

const thrownText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

function imageOf(image: OwnImage, folder: string): ImageSource {
  if (typeof image !== "string")
    return image.from === "dockerfile"
      ? { ...image, folder: resolve(folder, image.folder) }
      : image;
  return image === "host" ? { from: "machine" } : { from: "registry", name: image };
}

function readinessOf(ready: OwnContainers["ready"] = { tcp: true }): Readiness {
  return "log" in ready ? { log: new RegExp(ready.log) } : ready;
}

function clientsOf(
  { client, clientCommand }: WholeOwnTarget,
  { folder }: OwnTargetOrigin,
): OpenClients {
  if (clientCommand !== undefined) return commandClients({ command: clientCommand, folder });
  if (client === undefined)
    throw new Error(
      "expected client or clientCommand; quorate refuses a configuration with neither when it reads the file",
    );
  return promiseClients(({ host, port }, { client: name, node, settings, reach }) =>
    client({
      node,
      host,
      port,
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
      client: name,
      settings,
      log: (line) => reach.log(`${name} at ${node}: ${line}`),
    }),
  );
}

/**
 * Reads from each node with the user's client, to check the client before the first history. Does nothing if plans draw
 * no reads. Throws the client's own error, EnvironmentError if the client cannot read within a few seconds, or
 * UsageError if the client lacks an operation.
 */
async function tryClients(
  own: WholeOwnTarget,
  { kinds }: OwnTargetOrigin,
  open: OpenClients,
  reach: Reach,
): Promise<void> {
  const timeoutMs = own.requestTimeoutMs ?? usualTimeoutMs;
  const wanted = neededOperations(own, kinds);
  if (!wanted.includes("read")) return;
  let failure: Error | null = null;
  const lines: string[] = [];
  const clients = open({
    ...reach,
    fail: (error) => void (failure ??= error),
    log(line) {
      lines.push(line);
      reach.log(line);
    },
  });
  try {
    for (const node of reach.nodes) {
      const deadline = performance.now() + timeoutMs + retryForMs;
      for (;;) {
        const outcome = await readOnce(clients.session(trialClient, node), timeoutMs + startMs);
        // oxlint-disable-next-line typescript/only-throw-error -- Set by the callback above, which the compiler does not see.
        if (failure !== null) throw failure;
        if (outcome.kind === "ok") break;
        if (performance.now() >= deadline)
          throw new EnvironmentError({
            code: "client-cannot-read",
            expected: `the client of ${own.name} to read from ${node} while no fault is active`,
            got: `${outcome.message}; it said last: ${lines.slice(-lastLines).join(" | ") || "nothing"}`,
            hint: "Try the client by hand against a node that runs",
          });
        await delay(retryMs);
      }
    }
  } finally {
    clients.close?.();
  }
  if (own.client !== undefined) await refuseLacking(own, own.client, wanted, reach);
}

function readOnce(session: ClientSession, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) =>
    session.perform({ op: 0, f: "read", key: "quorate-trial" }, timeoutMs, (outcome) => {
      session.close();
      resolve(outcome);
    }),
  );
}

const trialClient = "trial";
const retryForMs = 3000;
/**
 * How much longer than an operation of a history each read before the run may take, in ms, since a client's program may
 * have to start first. In a history, the start counts as part of the operation's time.
 */
const startMs = 10_000;
const retryMs = 200;
const lastLines = 5;

/** The names of the operations that plans may draw. */
function neededOperations(own: WholeOwnTarget, kinds: Kinds): readonly string[] {
  const { workloads = ["register"], operations } = own;
  const all = workloads.flatMap((name) => Object.keys(workloadOf(kinds, name).operations));
  return [...new Set(all)].filter((f) => operations?.includes(f) ?? true);
}

async function refuseLacking(
  own: WholeOwnTarget,
  client: MakeClient,
  wanted: readonly string[],
  reach: Reach,
): Promise<void> {
  const [node = "n1"] = reach.nodes;
  const { host, port } = reach.address(node);
  const url = `http://${host}:${port}`;
  const { settings } = reach;
  const made = await client({
    node,
    host,
    port,
    url,
    client: trialClient,
    settings,
    log: reach.log,
  });
  const has = (f: string): boolean =>
    f === "read" || f === "write" || f === "delete"
      ? made[f] !== undefined
      : made.operations?.[f] !== undefined;
  const missing = wanted.filter((f) => !has(f));
  await made.close?.();
  if (missing.length > 0)
    throw new UsageError({
      code: "client-lacks-operation",
      expected: `a client with ${wanted.join(", ")}`,
      got: `the client of ${own.name} without ${missing.join(", ")}`,
      hint: `Add the missing operations, or list the operations that the client has: operations: ${JSON.stringify(wanted.filter(has))}`,
    });
}
