/**
 * Packet filter rules of network faults, as pure functions. A new fault of this kind needs its rules here and a line in
 * fault-ports.ts.
 */
import type { NodeName } from "../../../checkers/index.ts";
import { allClients } from "../../../generators/index.ts";
import { byChance, type ImpairedLink } from "./shaping.ts";

/** A directed cut: drops packets from the first end to the second. One of the ends may be all clients. */
export type Cut = readonly [from: NodeName, to: NodeName];

/** The node whose packet filter gets the rules, with the addresses of all nodes. */
export interface FilterPlace {
  readonly node: NodeName;
  /** The node's address on the peer network. Throws for an unknown node. */
  addressOf(node: NodeName): string;
  readonly clientPort: number;
}

/** The rules that a fault adds to a node's packet filter, in the syntax of iptables-restore. */
export type FilterRules = (place: FilterPlace) => readonly string[];

/**
 * A cut between peers drops packets at the receiver, by the sender's address on the peer network. A cut between clients
 * and a node drops packets at the node, by the client port. This cut spares the node's address on the peer network,
 * since peers may use the same port.
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

/** Drops packets of links with packet loss at random, at the receiver. */
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

/** Answers each TCP connection attempt from outside to a node in `refusing` with a reset. */
export const refusalRules =
  (refusing: readonly NodeName[]): FilterRules =>
  ({ node }) =>
    refusing.includes(node) ? [`-A INPUT ! -i lo ${newConnections} -j ${refusal}`] : [];

/**
 * The complete filter table of a node. It replaces the old table in one step, so that a node never has only half of its
 * rules in force.
 */
export const filterTable = (rules: readonly string[]): string =>
  [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ...rules,
    "COMMIT",
  ].join("\n");

/** The filter table of a node without network faults. */
export const emptyTable = filterTable([]);

/**
 * A shell command that adds a rule and removes it again. It fails if the kernel or iptables does not support the rule.
 */
const tryRule = (rule: string): string =>
  `rule="${rule}"; iptables -w 5 -A $rule && iptables -w 5 -D $rule`;

export const tryLossCommand = tryRule(`OUTPUT -d 192.0.2.1 ${byChance(50)} -j DROP`);
export const tryRefusalCommand = tryRule(`INPUT -s 192.0.2.1 ${newConnections} -j ${refusal}`);

/** The shell command that loads this table into the packet filter. The table is a here-document. */
export const restoreCommand = (table: string): string =>
  `iptables-restore -w 5 <<'TABLE'\n${table}\nTABLE`;
