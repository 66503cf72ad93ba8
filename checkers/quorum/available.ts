/**
 * available: an operation succeeds within its timeout if no fault, from the reconnect bound before it began until it
 * ended, affects its coordinator or one full quorum of its key's replicas, or cuts a link between them or to clients.
 * The size of a full quorum is what its settings wait for: R or W, the replicas of a quorum stamp, those that a
 * blocking read writes back to. Writes that the store refuses as impossible are not judged.
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
  // An operation without an end was interrupted by the end of the run itself.
  const completed = model.operations.filter(({ endUs }) => endUs !== Infinity);
  if (completed.length === 0) return notApplicable("no operation was completed");
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const operation of completed) {
    // A request that waits for a sync of a periodic log may wait for longer than its timeout.
    const quorum =
      model.run.sync === "periodic" && (operation.dw ?? 0) > 0
        ? null
        : untouchedQuorum(model, operation);
    // A write may be too large, or its context unknown. A read of existing replicas is always possible.
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

/** Replicas that no fault kept from the operation, at least as many as it needs. Null: there are too few. */
export function untouchedQuorum(model: Model, operation: Operation): readonly NodeName[] | null {
  const { rings, run } = model;
  // When a node switches to another version of the ring it opens links and repeats refused requests, so one version
  // must have been in use throughout.
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

/** Those of these owners that no fault kept from the operation. Null: they are fewer than it needs. */
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
  // With siblings a replica issues the dot: a put is forwarded to one of them, and it is unknown which.
  const isPassedOn =
    run.versions === "siblings" && operation.f !== "read" && !replicas.includes(operation.node);
  if (isPassedOn)
    return replicas.length >= needed(model, operation) && alone([operation.node, ...replicas])
      ? replicas
      : null;
  const untouched = replicas.filter((replica) => alone([operation.node, replica]));
  return untouched.length >= needed(model, operation) ? untouched : null;
}

/**
 * How many of the key's own replicas the operation needs. Fallback nodes are not counted, since own replicas can do all
 * that fallbacks do.
 */
function needed(
  { run }: Model,
  { f, r = run.r, w = run.w, pr = 0, pw = 0, dw = 0 }: Operation,
): number {
  if (f === "read") return Math.max(r, pr, run.repair.read === "blocking" ? run.n - r + 1 : 0);
  return Math.max(1, w, pw, dw, run.stamps === "quorum" ? stampQuorumOf(run) : 0);
}

/**
 * Faults that were active, or whose links were not certainly up again, during the operation. The final phase's restart
 * of all nodes counts too.
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
 * A client does not ping, so it notices a reset connection only with its next request, however late. An operation with
 * a lost connection is therefore exposed to faults since the first request of its process to the same node.
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
