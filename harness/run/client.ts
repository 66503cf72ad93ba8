/**
 * A client of a plan: does its operations in order, one at a time. An indeterminate operation ends its process; the client
 * goes on as a new one, over new connections, so that no late reply is taken for another operation's.
 */
import type { InvokeEvent, OkEvent } from "../../checkers/index.ts";
import {
  keyName,
  nodeName,
  type Plan,
  type PlannedOperation,
  valueOf,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import {
  type ClientRequest,
  type ClientSession,
  notConnected,
  type Outcome,
} from "../platforms/session.ts";
import type { Recorder } from "./recorder.ts";

export interface NumberedOperation extends PlannedOperation {
  /** Its number in the history. */
  readonly op: number;
  readonly final?: true;
}

export interface ClientOptions {
  readonly name: string;
  /** The first process's number, and what is added for each new one (the number of clients). */
  readonly process: number;
  readonly processStep: number;
  readonly operations: readonly NumberedOperation[];
  readonly settings: Plan["settings"];
  /** Longer than the store's own timeout: normally it is the store that answers. */
  readonly timeoutMs: number;
  readonly ended: (outcomes: ReadonlyMap<number, Outcome>) => void;
}

interface Context {
  readonly op: number;
  readonly token: string;
}

export function startClient(cluster: Cluster, recorder: Recorder, options: ClientOptions): void {
  const { target } = cluster;
  const sessions = new Map<string, ClientSession>();
  const contexts = new Map<string, Context>();
  const outcomes = new Map<number, Outcome>();
  let process = options.process;
  let next = 0;

  /** The session for an operation: one for each node, or where clients find replicas themselves, one for all. */
  const sessionFor = (operation: NumberedOperation): ClientSession => {
    const node = nodeName(operation.node);
    const key = target.sessions(options.settings) === "cluster" ? "all nodes" : node;
    let session = sessions.get(key);
    if (session === undefined) sessions.set(key, (session = cluster.connect(options.name, node)));
    return session;
  };

  const nextOperation = (): void => {
    const operation = options.operations[next++];
    if (operation === undefined) {
      closeSessions();
      options.ended(outcomes);
    } else if (operation.afterMs > 0)
      cluster.clock.setTimer(operation.afterMs, () => invoke(operation));
    else invoke(operation);
  };

  const invoke = (operation: NumberedOperation): void => {
    const node = nodeName(operation.node);
    const key = keyName(operation.key);
    const context =
      operation.carry === true && operation.f !== "read" ? contexts.get(key) : undefined;
    const { levels = {} } = operation;
    recorder.record({
      e: "invoke",
      atUs: cluster.clock.nowUs(),
      op: operation.op,
      client: options.name,
      process,
      node,
      f: operation.f as InvokeEvent["f"],
      key,
      ...(operation.f === "write" ? { value: valueOf(operation.op) } : {}),
      ...target.quorums?.(options.settings, levels),
      ...(context === undefined ? {} : { contextOf: context.op }),
      ...(operation.final === undefined ? {} : { final: operation.final }),
    } satisfies InvokeEvent);
    const request: ClientRequest = {
      op: operation.op,
      f: operation.f,
      key,
      ...(operation.f === "write" ? { value: valueOf(operation.op) } : {}),
      levels,
      ...(context === undefined ? {} : { context: context.token }),
    };
    sessionFor(operation).perform(request, options.timeoutMs, (outcome) =>
      complete(operation, outcome),
    );
  };

  const complete = (operation: NumberedOperation, outcome: Outcome): void => {
    outcomes.set(operation.op, outcome);
    const atUs = cluster.clock.nowUs();
    if (outcome.kind === "ok") {
      const { versions = [], context, token } = outcome;
      recorder.record({
        e: "ok",
        atUs,
        op: operation.op,
        // Where the target shows no versions, neither does the history.
        versions: versions as OkEvent["versions"],
        ...(context === undefined ? {} : { context }),
      });
      if (token !== undefined) contexts.set(keyName(operation.key), { op: operation.op, token });
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
}
