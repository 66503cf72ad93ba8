/**
 * Faults of single messages, such as the second append_entries from n1 to n3. They are possible only where messages
 * pass through the harness.
 */
import { integer, pick, range, weighted } from "../draw.ts";
import type { Fault, NodeNamer } from "../plan.ts";
import type { FaultKind } from "./fault-kind.ts";
import { closeGap } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, index } from "./schemas.ts";

const acts = ["lose", "duplicate", "delay"] as const;
/** What happens to a message. */
export type MessageAct = (typeof acts)[number];

/**
 * A fault of `count` messages on the link from node `from` to node `to`. `first` is the number of the first affected
 * message. The count begins when the fault begins.
 */
export type MessageFault = Fault & {
  readonly kind: "message";
  readonly from: number;
  readonly to: number;
  /** The type of the messages that are counted and affected. Null if messages of all types are. */
  readonly type: string | null;
  /** The number of the first affected message, counted from 1. */
  readonly first: number;
  readonly count: number;
  readonly act: MessageAct;
  /**
   * In ms: the additional time of a delayed message, or how much later the second copy of a duplicated message arrives.
   */
  readonly delayMs: number;
};

/** A rule for messages of one link while the fault lasts. */
export interface MessageAim {
  readonly from: string;
  readonly to: string;
  readonly type: string | null;
  readonly first: number;
  readonly count: number;
  readonly act: MessageAct;
  readonly delayMs: number;
}

/**
 * The port for rules about single messages. The subject contains the whole rule, so that two different rules are never
 * merged: each rule counts its own messages.
 */
const messages = port("messages", "network", (aim: MessageAim, _: MessageAim) => aim);

const mostMs = 60_000;

const words: Readonly<Record<MessageAct, string>> = {
  lose: "lose",
  duplicate: "deliver twice",
  delay: "delay",
};

export const message = {
  kind: "message",
  meaning:
    "Loses, delays or duplicates some messages of one link, chosen by their position on the link.",
  ports: [messages],
  needsPeers: true,
  schema: closed({
    kind: { const: "message" },
    from: index,
    to: index,
    type: { type: ["string", "null"], minLength: 1, maxLength: 200 },
    first: { type: "integer", minimum: 1, maximum: 1_000_000 },
    count: { type: "integer", minimum: 1, maximum: 1_000_000 },
    act: { enum: [...acts] },
    delayMs: { type: "integer", minimum: 0, maximum: mostMs },
  }),
  example: {
    kind: "message",
    from: 0,
    to: 1,
    type: null,
    first: 1,
    count: 1,
    act: "lose",
    delayMs: 0,
  },
  draw: (random, { nodes, aim, facts }): MessageFault => {
    const peer = pick(
      random,
      range(nodes).filter((node) => node !== aim),
    );
    const [from, to] = pick(random, [
      [aim, peer],
      [peer, aim],
    ] as const);
    const act = pick(random, acts);
    return {
      kind: "message",
      from,
      to,
      type: null,
      first: integer(random, 1, 12),
      count: weighted(random, [
        [1, 3],
        [integer(random, 2, 10), 3],
        [1_000, 2],
      ]),
      act,
      delayMs: act === "lose" ? 0 : integer(random, 1, Math.min(mostMs, facts.requestTimeoutMs)),
    };
  },
  say: (fault, nameOf) => `${words[fault.act]} ${whichOf(fault, nameOf)}`,
  nodesOf: ({ from, to }) => [from, to],
  problem: ({ from, to }) =>
    from === to
      ? {
          path: "/to",
          expected: "a node other than the sender (from)",
          got: to,
          hint: "a link joins two different nodes",
        }
      : null,
  partsOf: ({ count }) => (count > 1 ? 2 : 0),
  // Keeps the first or the second half of the messages.
  narrow: (fault, part) => {
    if (fault.count < 2) return null;
    const half = Math.floor(fault.count / 2);
    return part === 0
      ? { ...fault, count: half }
      : { ...fault, first: fault.first + half, count: fault.count - half };
  },
  withoutNode: (fault, gone) =>
    fault.from === gone || fault.to === gone
      ? null
      : { ...fault, from: closeGap(fault.from, gone), to: closeGap(fault.to, gone) },
  wants: ({ from, to, type, first, count, act, delayMs }, { nameOf }) => {
    const aim: MessageAim = {
      from: nameOf(from),
      to: nameOf(to),
      type,
      first,
      count,
      act,
      delayMs,
    };
    return [messages.want(JSON.stringify(aim), aim)];
  },
  effects: () => [],
} satisfies FaultKind<MessageFault>;

/** Describes the affected messages: "messages 2 to 4 of the type append from n1 to n3 by 20 ms". */
function whichOf(
  { from, to, type, first, count, act, delayMs }: MessageFault,
  nameOf: NodeNamer,
): string {
  const last = first + count - 1;
  return [
    count === 1 ? `message ${first}` : `messages ${first} to ${last}`,
    ...(type === null ? [] : [`of the type ${type}`]),
    `from ${nameOf(from)} to ${nameOf(to)}`,
    ...(act === "delay" ? [`by ${delayMs} ms`] : []),
  ].join(" ");
}
