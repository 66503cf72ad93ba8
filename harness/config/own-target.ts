/** Makes a whole target from a user's short description of their store. */
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

/** What a client is made for: one of the plan's clients, and the node that it talks to. */
export interface ClientContext {
  /** The node's name: n1, n2, … */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  /** http://host:port */
  readonly url: string;
  /** The plan's client: c1, c2, … */
  readonly client: string;
  readonly settings: Settings;
  /** Adds a line to the run's logs. */
  log(line: string): void;
}

/**
 * Makes a client of one node. Called once for each of the plan's clients and node, and again after an operation whose
 * end nobody knows.
 */
export type MakeClient = (context: ClientContext) => PromiseClient | Promise<PromiseClient>;

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

/** Where the image of a node comes from. */
export type OwnImage =
  /** The image that quorate makes from this machine's own node. */
  | "host"
  /** An image's name; or a Dockerfile's folder, or programs of this machine. */
  | (string & {})
  | ImageSource;

/** Services of a compose file that are nodes, in their order: n1, n2, … */
export interface OwnCompose {
  /** The file, relative to the configuration file. */
  readonly file: string;
  /** Default: the largest group of services with one image. */
  readonly services?: readonly string[];
}

/** How the nodes of your store run in containers. */
export interface OwnContainers extends Partial<Omit<WholeContainers, "node">> {
  /**
   * A compose file that says image, port, data, files, readiness, command and environment of each node. What is said
   * here wins, field by field. Without it, image, port and node are needed.
   */
  readonly compose?: OwnCompose;
  /**
   * How each node is started: in words, or a function of what is known of it. Without `compose` words need a command.
   */
  readonly node?: Partial<NodeWords> | ((start: NodeStart) => Omit<NodeWords, "peer">);
}

/** The same, with what a compose file says. */
export interface WholeContainers {
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
  /** How much memory it may use. Default: 2,048. */
  readonly memoryMiB?: number;
  /** True: it is linked against glibc at run time, and its wall clock may be moved. */
  readonly clock?: boolean;
  /** How each node is started: in words, or a function of what is known of it. */
  readonly node: NodeWords | ((start: NodeStart) => Omit<NodeWords, "peer">);
}

/** A short description of your store: quorate derives the rest of a target from it. */
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
   * What the store promises: a list, or a function of settings and of what the plan's faults do. A list holds where no
   * synced data is lost and no fault has unknown effects; else only what clients can always see to be wrong.
   */
  readonly promises:
    readonly GuaranteeName[] | ((settings: Settings, facts: PlanFacts) => readonly GuaranteeName[]);
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

const usualNodes = 3;
const usualTimeoutMs = 2000;
const usualConvergeMs = 10_000;
/** What is promised even where data that was synced is lost, or nobody knows what a fault does. */
const always: ReadonlySet<GuaranteeName> = new Set<GuaranteeName>(["no-thin-air"]);

/**
 * The whole target that a short description stands for.
 *
 * @param own The description: checked before.
 * @param origin Where it comes from.
 * @returns A target for containers, where it says how nodes run there, and for clusters that already run.
 */
export function targetOf(own: WholeOwnTarget, origin: OwnTargetOrigin): Target {
  const { name, version, nodes = usualNodes, fewestNodes = nodes, operations } = own;
  const { requestTimeoutMs = usualTimeoutMs, convergeMs = usualConvergeMs, promises } = own;
  const clients = clientsOf(own, origin);
  let tried = false;
  /** Before the first history: a client that cannot work is told from a store that does not answer. */
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
          // Nothing is known of its replicas: every node may have a say, and most of them must.
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
        hint: "Add it to the target's settings, with its default, or drop it",
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

/** A user's function may throw, or return anything. */
export function namesFrom(promises: () => unknown): readonly GuaranteeName[] {
  const refused = (got: string, cause?: unknown): UsageError =>
    new UsageError(
      {
        code: "bad-promises",
        expected: "target.promises to be a list of guarantees, or a function that returns one",
        got,
        hint: "Correct it in the configuration",
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

/** A description whose `containers` part has all of its fields. */
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

/** A user's function may throw, or return anything. */
function specFrom(target: string, node: () => unknown): Omit<NodeWords, "peer"> {
  const refused = (got: string, cause?: unknown): UsageError =>
    new UsageError(
      {
        code: "bad-node",
        expected: `containers.node of ${target} to return a command: ({ name }) => ({ command: ["node", …] })`,
        got,
        hint: "Correct it in the configuration",
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
    throw new Error("expected a client; the check lets nothing else through");
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
 * Each node is read from once: a client that is not there, cannot speak or cannot reach its node ends the run with its
 * own words.
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
            expected: `the client of ${own.name} to read from ${node} while nothing disturbs it`,
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
/** A client may be a program that has to start first: here that takes time, and in a history an operation. */
const startMs = 10_000;
const retryMs = 200;
const lastLines = 5;

/** The operations that plans may draw, by name. */
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
      hint: `Add what is missing, or say what there is: operations: ${JSON.stringify(wanted.filter(has))}`,
    });
}
