/** Partitions as packet filter rules: pure. */
import type { NodeName } from "../../checkers/index.ts";

/** Directed: packets from the first to the second are dropped. */
export type Cut = readonly [from: NodeName, to: NodeName];

/**
 * The whole filter table of a node, as iptables-restore takes it: it replaces what was there in one step, so no moment shows
 * half of a partition. Packets are dropped where they arrive, by their sender's address on the peer network; clients have others.
 */
export const filterTable = (node: NodeName, cuts: readonly Cut[], addresses: ReadonlyMap<NodeName, string>): string => {
  const senders = new Set(cuts.filter(([, to]) => to === node).map(([from]) => from));
  const rules = [...senders].sort().map((from) => {
    const address = addresses.get(from);
    if (address === undefined) throw new Error(`a cut names ${from}, which is no node of this cluster`);
    return `-A INPUT -s ${address} -j DROP`;
  });
  return ["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ...rules, "COMMIT"].join("\n");
};

/** The command that puts it in force. The shell's here-document is its standard input. */
export const restoreCommand = (table: string): string => `iptables-restore -w 5 <<'TABLE'\n${table}\nTABLE`;
