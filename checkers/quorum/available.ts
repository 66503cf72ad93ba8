/**
 * available: an operation succeeds within its timeout where no fault, from the bound of reconnecting before it began
 * until it ended, touches its coordinator or one full quorum of its key's replicas, or cuts a link between them or to
 * clients. How many nodes make a full quorum is what its settings make it wait for: R or W, those that a quorum stamp
 * is read from, those that a blocking read writes back to. A write that the store refuses as impossible is not
 * judged.
 */
import type { Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { allClients, leavesAlone } from "../model/fault-windows.ts";
import { milliseconds, named } from "../messages/operation-messages.ts";
import type { FaultWindow } from "../model/fault-windows.ts";
import type { Model } from "../model/model.ts";
import { stampQuorumOf } from "../model/stamp-quorum.ts";
import { isRefusal, type Operation } from "../columnar/operation.ts";
import type { NodeName } from "../language/history.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const available: Checker<"available"> = {
  name: "available",
  meaning:
    "an operation that is possible succeeds in time where no fault touches its coordinator and one full quorum",
  predicate:
    "An operation succeeds within its timeout if, from the bound of reconnecting before it began until it ended, no fault touched its coordinator or one full quorum of the key's replicas, nor cut a link between them or to clients.",
  source: "DeCandia et al., Dynamo, SOSP 2007, section 4.6.",
  needs: ["quorums", "repair"],
  workloads: "all",
  check: judgeAvailable,
};

function judgeAvailable(model: Model): Judgement {
  // Of an operation that the run's own end cut off nobody heard.
  const completed = model.operations.filter(({ endUs }) => endUs !== Infinity);
  if (completed.length === 0) return notApplicable("no operation was completed");
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const operation of completed) {
    // A request that needs a sync of a periodic log waits for its interval, which may be longer than the timeout.
    const quorum =
      model.run.sync === "periodic" && (operation.dw ?? 0) > 0
        ? null
        : untouchedQuorum(model, operation);
    // A write may be too large, or its context unknown; a read of so many replicas as there are is always possible.
    if (quorum === null || (isRefusal(operation) && operation.f !== "read")) continue;
    judged++;
    if (operation.outcome !== "ok") anomalies.push(anomalyOf(model, operation, quorum));
  }
  const measurements = {
    operations: completed.length,
    withoutFault: judged,
    succeeded: judged - anomalies.length,
  };
  if (judged === 0)
    return {
      ...notApplicable("faults touched the coordinator or every quorum of each operation"),
      measurements,
    };
  return conclude({ anomalies, judged, measurements });
}

/** Replicas that no fault kept from the operation, as many as it needs or more; null: there are not enough. */
export function untouchedQuorum(model: Model, operation: Operation): readonly NodeName[] | null {
  const { rings, run } = model;
  // While a node goes over from one version of the ring to the next it opens links, and refused requests are sent
  // again: one version must have held throughout.
  const [ring, ...others] = rings.during(
    operation.startUs - run.bounds.reconnectUs,
    operation.endUs,
  );
  if (ring === undefined || others.length > 0) return null;
  if (!ring.members.includes(operation.node)) return null;
  const quorums = [ring.reads, ...ring.writes].map(({ preference }) =>
    quorumOf(model, operation, preference[operation.key] ?? []),
  );
  return quorums.includes(null) ? null : (quorums[0] ?? null);
}

/** The same of these owners. */
function quorumOf(
  model: Model,
  operation: Operation,
  replicas: readonly NodeName[],
): readonly NodeName[] | null {
  const { run } = model;
  const faults = faultsAround(model, operation);
  const alone = (nodes: readonly NodeName[]): boolean =>
    faults.every((fault) => leavesAlone(fault, nodes));
  if (!alone([allClients, operation.node])) return null;
  // Among siblings a replica mints the dot: a put is passed on to one of them, and nobody says to which.
  const isPassedOn =
    run.versions === "siblings" && operation.f !== "read" && !replicas.includes(operation.node);
  if (isPassedOn)
    return replicas.length >= needed(model, operation) && alone([operation.node, ...replicas])
      ? replicas
      : null;
  const untouched = replicas.filter((replica) => alone([operation.node, replica]));
  return untouched.length >= needed(model, operation) ? untouched : null;
}

/** Replicas of the key's own: what may also come from others, they can do. */
function needed(
  { run }: Model,
  { f, r = run.r, w = run.w, pr = 0, pw = 0, dw = 0 }: Operation,
): number {
  if (f === "read") return Math.max(r, pr, run.repair.read === "blocking" ? run.n - r + 1 : 0);
  return Math.max(1, w, pw, dw, run.stamps === "quorum" ? stampQuorumOf(run) : 0);
}

/**
 * Those that held, or whose links were not surely up again, while the operation went on; the final phase's restart of
 * all nodes is one more.
 */
function faultsAround(
  { run, faults, phases, operations }: Model,
  operation: Operation,
): FaultWindow[] {
  const { startUs, endUs } = operation;
  const ending = phases.find(({ phase }) => phase === "final-phase");
  const restarted = phases.findLast(({ phase }) => phase === "restarted");
  const restart =
    ending === undefined
      ? []
      : [
          {
            fault: -1,
            kind: "restart",
            nodes: new Set(run.nodes),
            cuts: new Set<string>(),
            effects: new Set(["node-down"]),
            fromUs: ending.atUs,
            toUs: restarted?.atUs ?? Infinity,
          },
        ];
  const sinceUs = Math.min(
    startUs - run.bounds.reconnectUs,
    connectedSinceUs(operations, operation),
  );
  return [...faults, ...restart].filter(({ fromUs, toUs }) => fromUs <= endUs && toUs >= sinceUs);
}

/**
 * A client does not ping: that its connection was reset while it was cut off it hears when it sends the next request,
 * however late. So an operation whose connection was lost is as exposed as that is old: since the first request of the
 * same process to the same node.
 */
function connectedSinceUs(
  operations: Model["operations"],
  { code, client, process, node, startUs }: Operation,
): number {
  if (code !== "connection-lost") return startUs;
  return (
    operations.find(
      (earlier) =>
        earlier.client === client && earlier.process === process && earlier.node === node,
    )?.startUs ?? startUs
  );
}

function anomalyOf(model: Model, operation: Operation, quorum: readonly NodeName[]): Anomaly {
  const { op, key, node, endUs, startUs, code = "nothing" } = operation;
  return {
    guarantee: "available",
    explanation:
      `${named(operation)} ended with ${code} after ${milliseconds(endUs - startUs)}, although from ${milliseconds(model.run.bounds.reconnectUs)} before it on ` +
      `no fault touched its coordinator ${node} or the replicas ${quorum.join(", ")}, of which it needs ${needed(model, operation)}`,
    operations: [op],
    key,
    atUs: endUs,
    because: [
      ...(operation.message === undefined ? [] : [`${node} said: ${operation.message}`]),
      ...quorum.map((replica) => replyOf(model, operation, replica)),
    ],
  };
}

function replyOf({ evidence }: Model, { op, f, node }: Operation, replica: NodeName): string {
  const requests =
    (f === "read" ? evidence.readRequests.get(op) : evidence.storeRequests.get(op)) ?? [];
  const request = requests.find(({ peer }) => peer === replica);
  if (request === undefined) return `no request of it to ${replica} is recorded`;
  const reply = evidence.repliesTo(request).find(({ peer }) => peer === replica);
  return reply === undefined
    ? `${replica} did not answer`
    : `${replica} answered ${reply.node === node ? "" : `${reply.node} `}after ${milliseconds(reply.atUs - request.atUs)}`;
}
