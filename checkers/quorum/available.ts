/**
 * Checks `available`: an operation must succeed within its timeout if no fault touched its coordinator and one full
 * quorum of its key's replicas, or cut a link between them or to clients. The time without faults begins `reconnectUs`
 * before the operation or earlier, and ends with it. A full quorum has as many replicas as the operation waits for: R
 * or W, the replicas that give a quorum stamp, or those to which a blocking read writes back.
 *
 * Not judged: operations during a change of the ring, writes that the store refuses as impossible, and, with a periodic
 * log, writes that wait for a sync (`dw`).
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
    "an operation succeeds in time while its coordinator and one full quorum are free of faults",
  predicate:
    "An operation succeeds within its timeout if its coordinator, one full quorum of the key's replicas, and the links between these nodes and to clients were free of faults all the time from the reconnect bound before the operation began until its end.",
  source: "DeCandia et al., Dynamo, SOSP 2007, section 4.6.",
  needs: ["quorums", "repair"],
  workloads: "all",
  check: judgeAvailable,
};

function judgeAvailable(model: Model): Judgement {
  // An operation without an end was cut off by the end of the run.
  const completed = model.operations.filter(({ endUs }) => endUs !== Infinity);
  if (completed.length === 0) return notApplicable("no operation was completed");
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const operation of completed) {
    // With a periodic log, a write that waits for a sync (`dw`) may rightly wait for longer than its timeout.
    const quorum =
      model.run.sync === "periodic" && (operation.dw ?? 0) > 0
        ? null
        : untouchedQuorum(model, operation);
    // The store may refuse a write that is too large or whose context is unknown. A read is always possible.
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
      ...notApplicable(
        "no completed operation counts: each was touched by faults or a change of the ring, or need not succeed within its timeout",
      ),
      measurements,
    };
  return conclude({ anomalies, judged, measurements });
}

/**
 * The replicas that no fault kept from the operation. Null: they are fewer than the operation needs, a fault touched
 * its coordinator, its coordinator was no member, or the ring changed.
 */
export function untouchedQuorum(model: Model, operation: Operation): readonly NodeName[] | null {
  const { rings, run } = model;
  // A node that takes another version of the ring opens links and repeats refused requests. Therefore only operations
  // during which all nodes used one version are judged.
  const [ring, ...others] = rings.during(
    operation.startUs - run.bounds.reconnectUs,
    operation.endUs,
  );
  if (ring === undefined || others.length > 0) return null;
  if (!ring.members.includes(operation.node)) return null;
  const faults = faultsAround(model, operation);
  // While the ring does not change, reads and writes use the same placement.
  const placements = new Set([ring.reads, ...ring.writes]);
  const replicas = [...placements].map(({ preference }) => preference[operation.key] ?? []);
  const owners = [...new Set(replicas.flat())];
  const quorums = replicas.map((each) => quorumOf(model, operation, faults, each, owners));
  return quorums.includes(null) ? null : (quorums[0] ?? null);
}

/**
 * The nodes of `replicas` that no fault kept from the operation. Null: they are fewer than the operation needs, or a
 * fault touched its coordinator.
 *
 * @param owners All replicas of the key: while the ring changes, those of the old and of the new ring.
 */
function quorumOf(
  model: Model,
  operation: Operation,
  faults: readonly FaultWindow[],
  replicas: readonly NodeName[],
  owners: readonly NodeName[],
): readonly NodeName[] | null {
  const { run } = model;
  const alone = (nodes: readonly NodeName[]): boolean =>
    faults.every((fault) => leavesAlone(fault, nodes));
  if (!alone([allClients, operation.node])) return null;
  // With siblings a replica makes the dot. A coordinator that is no replica forwards the put to one of the replicas,
  // and nobody knows to which. Therefore no fault may touch any of them.
  const isPassedOn =
    run.versions === "siblings" && operation.f !== "read" && !owners.includes(operation.node);
  if (isPassedOn)
    return replicas.length >= needed(model, operation) && alone([operation.node, ...owners])
      ? replicas
      : null;
  const untouched = replicas.filter((replica) => alone([operation.node, replica]));
  return untouched.length >= needed(model, operation) ? untouched : null;
}

/**
 * How many of the key's own replicas the operation needs. Fallback nodes need not be counted: a fallback node does
 * nothing that a replica cannot do.
 */
function needed(
  { run }: Model,
  { f, r = run.r, w = run.w, pr = 0, pw = 0, dw = 0 }: Operation,
): number {
  if (f === "read") return Math.max(r, pr, run.repair.read === "blocking" ? run.n - r + 1 : 0);
  return Math.max(1, w, pw, dw, run.stamps === "quorum" ? stampQuorumOf(run) : 0);
}

/**
 * The faults that were active during the operation, or that ended so shortly before it that links may not have been up
 * again. For an operation that ended with `connection-lost`, earlier faults count too. The time in which the final
 * phase restarts nodes counts as a fault of all nodes.
 */
function faultsAround(
  { run, faults, phases, operations }: Model,
  operation: Operation,
): FaultWindow[] {
  const { startUs, endUs } = operation;
  const ending = phases.find(({ phase }) => phase === "final-phase");
  const restarted = phases.findLast(({ phase }) => phase === "restarted");
  const restart =
    ending === undefined || ending.atUs > endUs
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
 * The start of the operation. For an operation that ended with `connection-lost`: the start of the first request of the
 * same process to the same node. A client notices a reset connection only with its next request, so any fault since
 * then may be the reason.
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
    explanation: `${named(operation)} ended with ${code} after ${milliseconds(endUs - startUs)}, although from ${milliseconds(model.run.bounds.reconnectUs)} before it began no fault touched its coordinator ${node} or the replicas ${quorum.join(", ")}, of which the operation needs ${needed(model, operation)}`,
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
  if (request === undefined) return `no request of ${f} ${op} to ${replica} is recorded`;
  const reply = evidence.repliesTo(request).find(({ peer }) => peer === replica);
  return reply === undefined
    ? `${replica} did not answer`
    : `${replica} answered ${reply.node === node ? "" : `${reply.node} `}after ${milliseconds(reply.atUs - request.atUs)}`;
}
