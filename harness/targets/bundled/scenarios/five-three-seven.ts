import type { Operation } from "../../../../checkers/index.ts";
import type { PlannedFault, PlannedOperation } from "../../../../generators/index.ts";
import { named, returns, type Case, type Scenario } from "../../../scenario/scenario.ts";
import { cutOff, joins, leaves } from "./places.ts";
import { planOf } from "./plan-of.ts";

const clients = 3;
const rounds = 20;

/** Each client writes its own key through one node, and reads the key through two other nodes, again and again. */
const operations: readonly PlannedOperation[] = Array.from({ length: rounds }, (_, round) =>
  Array.from({ length: clients }, (_none, client) =>
    (["write", "read", "read"] as const).map((f, step) => ({
      client,
      afterMs: 180,
      node: (round + client + step) % 3,
      f,
      key: client,
    })),
  ).flat(),
).flat();

/** Five nodes become three, and then seven. */
const resize: readonly PlannedFault[] = [
  leaves(4, 0),
  leaves(3, 0),
  ...[5, 6, 7, 8].map((newcomer) => joins(newcomer, 0)),
].map((fault, index) => ({ atMs: 1500 + 1200 * index, durationMs: 100, fault }));

function caseOf(setting: string, allowed: boolean, quorum: 1 | 2): Case {
  return {
    setting,
    allowed,
    plan: planOf({
      settings: { nodes: 5, stamps: "quorum", r: quorum, w: quorum },
      clients,
      keys: clients,
      operations,
      // One replica misses writes for a while. Otherwise R = W = 1 would give the same results as R = W = 2.
      faults: [{ atMs: 100, durationMs: 1000, fault: cutOff([1]) }, ...resize],
    }),
    find(history) {
      if (history.membersAtTheEnd.length !== 7) return null;
      const missed = missedIn(operations.map((_, index) => history.operation(index)));
      const done = operations.filter((_, index) => history.operation(index).outcome === "ok");
      return {
        happened: missed !== undefined,
        what: `five nodes became three and then seven, ${history.membersAtTheEnd.join(", ")}, during ${done.length} operations that succeeded, and ${missed ?? "each read that succeeded after its client’s last write was acknowledged returned that write"}`,
      };
    },
  };
}

/**
 * Describes the first successful read that did not return its client's last write, if that write was acknowledged.
 * Returns undefined if there is no such read.
 */
function missedIn(all: readonly Operation[]): string | undefined {
  const last = new Map<string, Operation>();
  for (const operation of all) {
    if (operation.f === "write") last.set(operation.client, operation);
    const write = last.get(operation.client);
    if (operation.f !== "read" || operation.outcome !== "ok" || write?.outcome !== "ok") continue;
    if (!returns(operation, String(write.value)))
      return `${named(operation)} after ${named(write)}`;
  }
  return undefined;
}

export const fiveThreeSeven: Scenario = {
  name: "five-three-seven",
  about:
    "Under load five nodes become three and then seven: where R + W > N each client goes on reading what it wrote last.",
  source:
    "Knighton, Testing Apache Cassandra with Jepsen (DataStax, 2016): nodes are bootstrapped and decommissioned during reads and writes",
  cases: [caseOf("R + W ≤ N (R = W = 1)", true, 1), caseOf("R + W > N (R = W = 2)", false, 2)],
};
