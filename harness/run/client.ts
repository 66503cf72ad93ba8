/**
 * A client of a plan: does its operations in order, one at a time. An indeterminate operation ends its process; the client
 * goes on as a new one, over new connections, so that no late reply is taken for another operation's.
 */
import type { InvokeEvent } from "../../checkers/index.ts";
import { keyName, nodeName, type PlannedOperation, valueOf } from "../../generators/index.ts";
import type { AskedQuorums, ClientRequest, StoreSettings } from "../../store/index.ts";
import { quorumsIn } from "./quorums.ts";
import type {
  ClientConnection,
  ClientHandlers,
  Cluster,
  ClusterTimer,
} from "../platforms/cluster.ts";
import { connectRouted } from "./routed-connection.ts";
import { type Outcome, outcomeOf } from "./request.ts";
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
  readonly settings: StoreSettings;
  /** Longer than the store's own timeout: normally it is the store that answers. */
  readonly timeoutMs: number;
  readonly ended: (outcomes: ReadonlyMap<number, Outcome>) => void;
}

interface Context {
  readonly op: number;
  readonly token: string;
}

interface Waiting {
  readonly operation: NumberedOperation;
  readonly timer: ClusterTimer;
  sent: boolean;
}

export function startClient(cluster: Cluster, recorder: Recorder, options: ClientOptions): void {
  const connections = new Map<string, { connection: ClientConnection; open: boolean }>();
  const contexts = new Map<string, Context>();
  const outcomes = new Map<number, Outcome>();
  let process = options.process;
  let next = 0;
  let waiting: Waiting | null = null;

  /** Which connection an operation takes: under client routing the client library has its own to every node. */
  const doorOf = (operation: NumberedOperation): string =>
    options.settings.routing === "client" ? "all nodes" : nodeName(operation.node);

  const goOn = (): void => {
    const operation = options.operations[next++];
    if (operation === undefined) {
      dropConnections();
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
    recorder.record(
      invokeEvent(
        operation,
        { atUs: cluster.clock.nowUs(), client: options.name, process, node, key },
        options.settings,
        context,
      ),
    );
    const timer = cluster.clock.setTimer(options.timeoutMs, () => expire());
    waiting = { operation, timer, sent: false };
    const { connection, open } = connectionTo(doorOf(operation));
    waiting.sent = open;
    connection.send(requestOf(operation, key, context));
  };

  const expire = (): void => {
    if (waiting === null) return;
    complete(
      waiting.sent
        ? {
            kind: "info",
            code: "client-timeout",
            message: `no reply within ${options.timeoutMs} ms`,
          }
        : {
            kind: "fail",
            code: "not-connected",
            message: "no connection to the node within the time; nothing was sent",
          },
    );
  };

  const connectionTo = (node: string): { connection: ClientConnection; open: boolean } => {
    const known = connections.get(node);
    if (known !== undefined) return known;
    const isAsked = (): boolean =>
      waiting !== null && doorOf(waiting.operation) === node && connections.get(node) === entry;
    const handlers: ClientHandlers = {
      open() {
        entry.open = true;
        if (waiting !== null && isAsked()) waiting.sent = true;
      },
      reply(reply) {
        if (
          waiting === null ||
          connections.get(node) !== entry ||
          reply.id !== waiting.operation.op
        )
          return;
        complete(
          outcomeOf(reply, waiting.operation.f === "write" ? valueOf(waiting.operation.op) : null),
        );
      },
      closed(reason) {
        if (connections.get(node) !== entry) return;
        const wasAsked = isAsked();
        connections.delete(node);
        if (!wasAsked) return;
        complete(
          entry.open
            ? { kind: "info", code: "connection-lost", message: reason }
            : { kind: "fail", code: "not-connected", message: `${reason}; nothing was sent` },
        );
      },
    };
    const byClient = options.settings.routing === "client";
    // The client library always answers, and says itself whether anything was sent.
    const entry = {
      open: byClient,
      connection: byClient
        ? connectRouted(cluster, options.name, options.settings, handlers)
        : cluster.connect(options.name, node, handlers),
    };
    connections.set(node, entry);
    return entry;
  };

  const complete = (outcome: Outcome): void => {
    if (waiting === null) return;
    const { operation, timer } = waiting;
    waiting = null;
    timer.cancel();
    outcomes.set(operation.op, outcome);
    const atUs = cluster.clock.nowUs();
    if (outcome.kind === "ok") {
      const { versions, context, token } = outcome;
      recorder.record({
        e: "ok",
        atUs,
        op: operation.op,
        versions,
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
        dropConnections();
      } else if (outcome.code === "not-connected") dropConnections();
    }
    goOn();
  };

  const dropConnections = (): void => {
    const dropped = [...connections.values()];
    connections.clear();
    for (const { connection } of dropped) connection.close();
  };

  goOn();
}

function invokeEvent(
  operation: NumberedOperation,
  {
    atUs,
    client,
    process,
    node,
    key,
  }: Pick<InvokeEvent, "atUs" | "client" | "process" | "node" | "key">,
  settings: StoreSettings,
  context?: Context,
): InvokeEvent {
  return {
    e: "invoke",
    atUs,
    op: operation.op,
    client,
    process,
    node,
    f: operation.f,
    key,
    ...(operation.f === "write" ? { value: valueOf(operation.op) } : {}),
    ...quorumsIn(settings, operation),
    ...(context === undefined ? {} : { contextOf: context.op }),
    ...(operation.final === undefined ? {} : { final: operation.final }),
  };
}

function requestOf(operation: NumberedOperation, key: string, context?: Context): ClientRequest {
  switch (operation.f) {
    case "read":
      return {
        type: "get",
        id: operation.op,
        key,
        ...own(operation, "r"),
        ...own(operation, "pr"),
      };
    case "write":
    case "delete":
      return {
        type: "put",
        id: operation.op,
        key,
        value: operation.f === "write" ? valueOf(operation.op) : null,
        ...own(operation, "w"),
        ...own(operation, "pw"),
        ...own(operation, "dw"),
        ...(context === undefined ? {} : { context: context.token }),
      };
  }
}

function own(operation: NumberedOperation, name: keyof AskedQuorums): AskedQuorums {
  return operation[name] === undefined ? {} : { [name]: operation[name] };
}
