/**
 * Runs one client of a plan: its operations in order, one at a time. An indeterminate operation ends the client's
 * process. The client continues as a new process over new connections, so that a late reply is not taken for the reply
 * to another operation.
 */
import type { InvokeEvent } from "../../checkers/index.ts";
import {
  type Json,
  nodeNamer,
  type Plan,
  type NamedOperation,
  valueOf,
  type Workload,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import {
  type ClientRequest,
  type ClientSession,
  notConnected,
  type Outcome,
} from "../platforms/session.ts";
import type { PerformOperation } from "./operations.ts";
import type { Recorder } from "./recorder.ts";

export interface NumberedOperation extends NamedOperation {
  /** The operation's number in the history. */
  readonly op: number;
  readonly final?: true;
}

export interface ClientOptions {
  readonly name: string;
  /** The number of the client's first process. Each later process has a number that is higher by `processStep`. */
  readonly process: number;
  readonly processStep: number;
  readonly operations: readonly NumberedOperation[];
  readonly settings: Plan["settings"];
  readonly workload: Workload;
  /**
   * How long the client waits for each request, in ms. This is usually longer than the store's own timeout, so that the
   * store normally answers first.
   */
  readonly timeoutMs: number;
  /** The client begins no operation after this time of the cluster's clock, and ends early. Absent: no limit. */
  readonly untilUs?: number;
  readonly perform: PerformOperation;
  /** Called after each operation that got its outcome. */
  readonly completed?: () => void;
  readonly ended: (outcomes: ReadonlyMap<number, Outcome>) => void;
}

type Args = NamedOperation["args"];

interface Context {
  readonly op: number;
  readonly token: string;
}

/**
 * Starts a client. Returns a function that stops it: the client then begins no more operations, and later replies are
 * not recorded.
 */
export function startClient(
  cluster: Cluster,
  recorder: Recorder,
  options: ClientOptions,
): () => void {
  const { target } = cluster;
  const { workload } = options;
  const facts = target.facts(options.settings);
  const { deletesCarry = false } = facts;
  const nameOf = nodeNamer(facts);
  const sessions = new Map<string, ClientSession>();
  const contexts = new Map<string, Context>();
  /** The last value that the client read or wrote for each key. */
  const seen = new Map<string, Json>();
  const outcomes = new Map<number, Outcome>();
  let process = options.process;
  let next = 0;
  let stopped = false;

  /**
   * Returns the session for an operation on this node. There is one session for each node, or a single one if the
   * target's client finds replicas itself.
   */
  const sessionFor = (node: string): ClientSession => {
    const key = target.sessions(options.settings) === "cluster" ? "all nodes" : node;
    let session = sessions.get(key);
    if (session === undefined) sessions.set(key, (session = cluster.connect(options.name, node)));
    return session;
  };

  const nextOperation = (): void => {
    const operation = options.operations[next++];
    if (
      operation === undefined ||
      cluster.clock.nowUs() + operation.afterMs * 1000 > (options.untilUs ?? Infinity)
    ) {
      closeSessions();
      options.ended(outcomes);
    } else if (operation.afterMs > 0)
      cluster.clock.setTimer(operation.afterMs, () => invoke(operation));
    else invoke(operation);
  };

  /** Returns the operation's node, or another node if that one is not in the cluster now. */
  const nodeOf = (operation: NumberedOperation): string => {
    const node = nameOf(operation.node);
    const { nodes } = cluster;
    if (nodes.includes(node)) return node;
    return nodes[operation.op % nodes.length] ?? node;
  };

  const invoke = (operation: NumberedOperation): void => {
    if (stopped) return;
    const node = nodeOf(operation);
    const { keyName: key } = operation;
    const carries =
      operation.f === "delete" && deletesCarry
        ? true
        : operation.carry === true && operation.f !== "read";
    const context = carries ? contexts.get(key) : undefined;
    const { levels = {} } = operation;
    const args = argsOf(operation);
    recorder.record({
      e: "invoke",
      atUs: cluster.clock.nowUs(),
      op: operation.op,
      client: options.name,
      process,
      node,
      f: operation.f,
      key,
      ...(operation.f === "write" ? { value: valueOf(operation.op) } : {}),
      ...(args === undefined ? {} : { args }),
      ...target.quorums?.(options.settings, levels),
      ...(context === undefined ? {} : { contextOf: context.op }),
      ...(operation.final === undefined ? {} : { final: operation.final }),
    } satisfies InvokeEvent);
    const request: ClientRequest = {
      op: operation.op,
      f: operation.f,
      key,
      ...(operation.f === "write" ? { value: valueOf(operation.op) } : {}),
      ...(args === undefined ? {} : { args }),
      levels,
      ...(context === undefined ? {} : { context: context.token }),
    };
    options.perform(sessionFor(node), request, options.timeoutMs, (outcome) =>
      complete(operation, args, outcome),
    );
  };

  const argsOf = (operation: NumberedOperation): Args => {
    const { argsNow } = workload.operations[operation.f] ?? {};
    const last = seen.get(operation.keyName);
    return argsNow === undefined ? operation.args : argsNow(operation, operation.op, last);
  };

  /** Updates the last value that the client has seen for the key. */
  const remember = (
    operation: NumberedOperation,
    args: Args,
    { versions, result }: Extract<Outcome, { kind: "ok" }>,
  ): void => {
    const { keyName: key } = operation;
    if (operation.f === "read") seen.set(key, result ?? versions?.[0]?.value ?? null);
    else if (operation.f === "write") seen.set(key, valueOf(operation.op));
    else if (operation.f === "cas") {
      const { applied, found } = (result ?? {}) as Readonly<Record<string, Json>>;
      const holds = applied === true ? args?.["new"] : found;
      if (holds !== undefined) seen.set(key, holds);
    }
  };

  const complete = (operation: NumberedOperation, args: Args, outcome: Outcome): void => {
    if (stopped) return;
    outcomes.set(operation.op, outcome);
    options.completed?.();
    const atUs = cluster.clock.nowUs();
    if (outcome.kind === "ok") {
      const { versions, result, context, token } = outcome;
      remember(operation, args, outcome);
      recorder.record({
        e: "ok",
        atUs,
        op: operation.op,
        ...(versions === undefined ? {} : { versions }),
        ...(context === undefined ? {} : { context }),
        ...(result === undefined ? {} : { result }),
      });
      if (token !== undefined) contexts.set(operation.keyName, { op: operation.op, token });
    } else {
      recorder.record({
        e: outcome.kind,
        atUs,
        op: operation.op,
        code: outcome.code,
        message: outcome.message,
      });
      if (outcome.kind === "info") {
        process += options.processStep;
        contexts.clear();
        closeSessions();
      } else if (outcome.code === notConnected) closeSessions();
    }
    nextOperation();
  };

  const closeSessions = (): void => {
    const closing = [...sessions.values()];
    sessions.clear();
    for (const session of closing) session.close();
  };

  nextOperation();
  return () => {
    stopped = true;
    closeSessions();
  };
}
