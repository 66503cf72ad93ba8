/** Partitions as packet filter rules: pure. */
import type { NodeName } from "../../../checkers/index.ts";
import { allClients } from "../../../generators/index.ts";
import { byChance, type ImpairedLink } from "./shaping.ts";

/** Directed: packets from the first to the second are dropped. */
export type Cut = readonly [from: NodeName, to: NodeName];

const newConnections = "-p tcp --syn";
const refusal = "REJECT --reject-with tcp-reset";

/**
 * The whole filter table of a node, as iptables-restore takes it: it replaces what was there in one step, so no moment shows
 * half of a partition. Packets of peers are dropped where they arrive, by their sender's address on the peer network; those from and to
 * clients at the node, by the clients' port on all addresses but that among peers: peers may use the same port.
 *
 * @param refuses Every packet that would open a connection to the node is answered with a reset, if neither a cut nor loss drops it first.
 */
export const filterTable = (
  node: NodeName,
  cuts: readonly Cut[],
  links: readonly ImpairedLink[],
  addresses: ReadonlyMap<NodeName, string>,
  clientPort: number,
  refuses = false,
): string => {
  const addressOf = (from: NodeName): string => {
    const address = addresses.get(from);
    if (address === undefined)
      throw new Error(`a rule names ${from}, which is no node of this cluster`);
    return address;
  };
  const senders = new Set(
    cuts.filter(([from, to]) => to === node && from !== allClients).map(([from]) => from),
  );
  const rules = [
    ...(cuts.some(([from, to]) => from === allClients && to === node)
      ? [`-A INPUT ! -i lo -p tcp --dport ${clientPort} ! -d ${addressOf(node)} -j DROP`]
      : []),
    ...(cuts.some(([from, to]) => from === node && to === allClients)
      ? [`-A OUTPUT ! -o lo -p tcp --sport ${clientPort} ! -s ${addressOf(node)} -j DROP`]
      : []),
    ...[...senders].sort().map((from) => `-A INPUT -s ${addressOf(from)} -j DROP`),
    ...links.flatMap(([from, to, { lossPercent }]) =>
      to === node && lossPercent !== undefined
        ? [`-A INPUT -s ${addressOf(from)} ${byChance(lossPercent)} -j DROP`]
        : [],
    ),
    ...(refuses ? [`-A INPUT ! -i lo ${newConnections} -j ${refusal}`] : []),
  ];
  return [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ...rules,
    "COMMIT",
  ].join("\n");
};

/** Of a node that nothing befalls. */
export const emptyTable = filterTable("", [], [], new Map(), 0);

/** Makes a rule and takes it away again: fails where the kernel, or iptables, lacks what it needs. */
const tryRule = (rule: string): string =>
  `rule="${rule}"; iptables -w 5 -A $rule && iptables -w 5 -D $rule`;

export const tryLossCommand = tryRule(`OUTPUT -d 192.0.2.1 ${byChance(50)} -j DROP`);
export const tryRefusalCommand = tryRule(`INPUT -s 192.0.2.1 ${newConnections} -j ${refusal}`);

/** The command that puts it in force. The shell's here-document is its standard input. */
export const restoreCommand = (table: string): string =>
  `iptables-restore -w 5 <<'TABLE'\n${table}\nTABLE`;
