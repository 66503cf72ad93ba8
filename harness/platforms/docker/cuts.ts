/**
 * What network faults put into packet filters: pure. A port of the network is its rules, and a line in fault-ports.ts.
 */
import type { NodeName } from "../../../checkers/index.ts";
import { allClients } from "../../../generators/index.ts";
import { byChance, type ImpairedLink } from "./shaping.ts";

/** Directed: packets from the first to the second are dropped. */
export type Cut = readonly [from: NodeName, to: NodeName];

/** The node whose packet filter it is, and where it is. */
export interface FilterPlace {
  readonly node: NodeName;
  /** Throws for a node that does not exist. */
  addressOf(node: NodeName): string;
  readonly clientPort: number;
}

/** The rules that a fault puts into a node's packet filter, as iptables-restore takes them. */
export type FilterRules = (place: FilterPlace) => readonly string[];

/**
 * Drops packets between peers at the receiver, by the sender's address on the peer network. Drops packets between
 * clients and a node at the node, by the clients' port on every address but that of the peer network, since peers may
 * use the same port.
 */
export const cutRules =
  (cuts: readonly Cut[]): FilterRules =>
  ({ node, addressOf, clientPort }) => {
    const senders = new Set(
      cuts.filter(([from, to]) => to === node && from !== allClients).map(([from]) => from),
    );
    return [
      ...(cuts.some(([from, to]) => from === allClients && to === node)
        ? [`-A INPUT ! -i lo -p tcp --dport ${clientPort} ! -d ${addressOf(node)} -j DROP`]
        : []),
      ...(cuts.some(([from, to]) => from === node && to === allClients)
        ? [`-A OUTPUT ! -o lo -p tcp --sport ${clientPort} ! -s ${addressOf(node)} -j DROP`]
        : []),
      ...[...senders].sort().map((from) => `-A INPUT -s ${addressOf(from)} -j DROP`),
    ];
  };

/** Packets that are lost by chance, at the receiver. */
export const lossRules =
  (links: readonly ImpairedLink[]): FilterRules =>
  ({ node, addressOf }) =>
    links.flatMap(([from, to, { lossPercent }]) =>
      to === node && lossPercent !== undefined
        ? [`-A INPUT -s ${addressOf(from)} ${byChance(lossPercent)} -j DROP`]
        : [],
    );

const newConnections = "-p tcp --syn";
const refusal = "REJECT --reject-with tcp-reset";

/** Every packet that would open a connection to one of the nodes is answered with a reset. */
export const refusalRules =
  (refusing: readonly NodeName[]): FilterRules =>
  ({ node }) =>
    refusing.includes(node) ? [`-A INPUT ! -i lo ${newConnections} -j ${refusal}`] : [];

/** The whole filter table of a node: it replaces what was there in one step, so no moment shows half of a partition. */
export const filterTable = (rules: readonly string[]): string =>
  [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ...rules,
    "COMMIT",
  ].join("\n");

/** Of a node that nothing befalls. */
export const emptyTable = filterTable([]);

/** Makes a rule and takes it away again: fails where the kernel, or iptables, lacks what it needs. */
const tryRule = (rule: string): string =>
  `rule="${rule}"; iptables -w 5 -A $rule && iptables -w 5 -D $rule`;

export const tryLossCommand = tryRule(`OUTPUT -d 192.0.2.1 ${byChance(50)} -j DROP`);
export const tryRefusalCommand = tryRule(`INPUT -s 192.0.2.1 ${newConnections} -j ${refusal}`);

/** The command that puts it in force. The shell's here-document is its standard input. */
export const restoreCommand = (table: string): string =>
  `iptables-restore -w 5 <<'TABLE'\n${table}\nTABLE`;
