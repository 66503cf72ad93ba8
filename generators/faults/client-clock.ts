import { chance, integer, pick } from "../draw.ts";
import type { FaultKind } from "./fault-kind.ts";
import { closeGap } from "./nodes.ts";
import { port } from "./port.ts";
import { closed, index } from "./schemas.ts";

/** A fault of the clock with which one client stamps its writes. `client` is the client's index. */
export type ClientClockFault = {
  readonly kind: "client-clock";
  readonly client: number;
  /** How many ms the client's clock is ahead. Negative if the clock is behind. */
  readonly byMs: number;
};

/**
 * The port that sets clients' clocks. The subject is a client's name. The value is how many whole ms the client's clock
 * is ahead, and negative if the clock is behind.
 */
const clientClocks = port("client-clocks", "machine", (a: number, b: number) => a + b);

const clientName = (client: number): string => `c${client + 1}`;

export const clientClock = {
  kind: "client-clock",
  meaning:
    "Makes the clock of one client wrong. Only for targets whose clients stamp their own writes.",
  ports: [clientClocks],
  schema: closed({
    kind: { const: "client-clock" },
    client: index,
    byMs: { type: "integer", minimum: -86_400_000, maximum: 86_400_000 },
  }),
  example: { kind: "client-clock", client: 0, byMs: 1000 },
  // If the number of clients is unknown, the fault takes one of the first two, which all plans have by default.
  draw: (random, { clients = 2 }) => {
    const offMs = pick(random, [
      integer(random, 1, 50),
      integer(random, 50, 2000),
      integer(random, 2000, 60_000),
      3_600_000,
    ]);
    return {
      kind: "client-clock",
      client: integer(random, 0, clients - 1),
      byMs: chance(random, 50) ? offMs : -offMs,
    };
  },
  say: ({ client, byMs }) =>
    `the clock of client ${clientName(client)} is ${Math.abs(byMs)} ms ${byMs < 0 ? "behind" : "ahead"},`,
  nodesOf: () => [],
  clientsOf: ({ client }) => [client],
  partsOf: () => 1,
  narrow: () => null,
  withoutNode: (fault) => fault,
  withoutClient: (fault, gone) =>
    fault.client === gone ? null : { ...fault, client: closeGap(fault.client, gone) },
  wants: ({ client, byMs }) => [clientClocks.want(clientName(client), byMs)],
  effects: () => [{ effect: "clock-off", node: "clients" }],
} satisfies FaultKind<ClientClockFault>;
