/**
 * Link impairments that the sender makes: delayed, slow, reordered (tc) or duplicated (iptables' TEE) packets. The
 * functions are pure, and the commands are run in a node's machine.
 */
import type { NodeName } from "../../../checkers/index.ts";
import type { Impairment } from "../../../generators/index.ts";

/** One direction between two nodes, with its impairment. */
export type ImpairedLink = readonly [from: NodeName, to: NodeName, impairment: Impairment];

/**
 * The command that impairs the packets which `node` sends. Each direction whose packets are delayed, reordered or
 * slowed gets a class of a hierarchical token bucket. The packet filter sorts packets into classes by the peer's
 * address.
 */
export const shapingCommand = (
  node: NodeName,
  links: readonly ImpairedLink[],
  addresses: ReadonlyMap<NodeName, string>,
): string => {
  const own = addressIn(addresses, node);
  const out = links.filter(([from, , trouble]) => from === node && isShaped(trouble));
  const device = `set -- $(ip -o -4 addr show to ${own})\ntc qdisc del dev $2 root 2> /dev/null || true`;
  if (out.length === 0) return `${device}\n${restoreMangle([])}`;
  const rules: string[] = [];
  // With `default 0`, packets without a class pass unchanged.
  const lines = ["tc qdisc add dev $2 root handle 1: htb default 0"];
  for (const [index, [, to, trouble]] of out.entries()) {
    const address = addressIn(addresses, to);
    const handle = 10 + index;
    const { bytesPerS, duplicatePercent } = trouble;
    if (duplicatePercent !== undefined)
      rules.push(
        `-A OUTPUT -d ${address} ${byChance(duplicatePercent)} -j TEE --gateway ${address}`,
      );
    const delays = netemOf(trouble);
    if (bytesPerS === undefined && delays === null) continue;
    rules.push(`-A POSTROUTING -d ${address} -j CLASSIFY --set-class 1:${handle}`);
    const rate =
      bytesPerS === undefined
        ? "10gbit quantum 60000"
        : `${bytesPerS}bps burst 2k cburst 2k quantum 1514`;
    lines.push(`tc class add dev $2 parent 1: classid 1:${handle} htb rate ${rate}`);
    lines.push(
      `tc qdisc add dev $2 parent 1:${handle} handle ${handle}: ${delays ?? "pfifo limit 1000"}`,
    );
  }
  return [device, ...lines, restoreMangle(rules)].join("\n");
};

/** Whether the sender must act for this impairment. Packet loss is made by the receiver's packet filter. */
const isShaped = ({ delayMs, reorderPercent, bytesPerS, duplicatePercent }: Impairment): boolean =>
  delayMs !== undefined ||
  reorderPercent !== undefined ||
  bytesPerS !== undefined ||
  duplicatePercent !== undefined;

/**
 * The netem queue of an impairment, or null if packets are neither delayed nor reordered. netem's `reorder` is the
 * share of packets that it does *not* delay.
 */
const netemOf = ({
  delayMs,
  jitterMs = 0,
  reorderPercent,
  lateMs = 0,
}: Impairment): string | null => {
  if (reorderPercent !== undefined)
    return `netem delay ${(delayMs ?? 0) + lateMs}ms ${jitterMs}ms reorder ${100 - reorderPercent}%`;
  if (delayMs === undefined) return null;
  // netem adds its jitter to the mean or subtracts it.
  return `netem delay ${delayMs + jitterMs / 2}ms ${jitterMs / 2}ms`;
};

export const byChance = (percent: number): string =>
  `-m statistic --mode random --probability ${percent / 100}`;

const restoreMangle = (rules: readonly string[]): string =>
  `iptables-restore -w 5 <<'TABLE'\n${["*mangle", ":OUTPUT ACCEPT [0:0]", ":POSTROUTING ACCEPT [0:0]", ...rules, "COMMIT"].join("\n")}\nTABLE`;

const addressIn = (addresses: ReadonlyMap<NodeName, string>, node: NodeName): string => {
  const address = addresses.get(node);
  if (address === undefined)
    throw new Error(`a link names ${node}, which is no node of this cluster`);
  return address;
};

const tryRule = (rule: string): string =>
  `rule="${rule}"; iptables -w 5 -t mangle -A $rule && iptables -w 5 -t mangle -D $rule`;
const tryQueue = (queue: string): string =>
  `tc qdisc add dev lo root handle 1: ${queue} && tc qdisc del dev lo root`;

/**
 * The impairments that may need support of the kernel. Each entry has a command that sets the impairment up and removes
 * it again, and the reason to report if that command fails.
 */
export const shapingTrials: readonly (readonly [
  names: readonly (keyof Impairment)[],
  command: string,
  cannot: string,
])[] = [
  [
    ["bytesPerS"],
    `${tryQueue("htb default 0")} && ${tryRule("POSTROUTING -d 192.0.2.1 -j CLASSIFY --set-class 1:10")}`,
    "this kernel cannot limit a link's rate (tc htb, iptables CLASSIFY)",
  ],
  [
    ["delayMs", "reorderPercent"],
    `${tryQueue("htb default 0")} && ${tryQueue("netem delay 1ms")}`,
    "this kernel cannot hold packets up (tc netem)",
  ],
  [
    ["duplicatePercent"],
    tryRule("OUTPUT -d 192.0.2.1 -j TEE --gateway 192.0.2.1"),
    "this kernel cannot send packets twice (iptables TEE)",
  ],
];
