/** Describes a failure in one line. Failures with the same line most likely come from one bug. */
import type { Anomaly, HistoryEvent } from "../../checkers/index.ts";
import { clientName, keyName, type Plan } from "../../generators/index.ts";

interface Step {
  readonly client: string;
  readonly f: string;
  readonly node: string;
  readonly key: string;
}

/**
 * The fingerprint of a failing plan, which should already be shrunk: the guarantee, the operations of each client in
 * order, and the kinds of fault. Names of clients have no effect, nor has their order, unless many clients do the same;
 * nodes and keys are renamed in order of appearance.
 *
 * @example
 * "durable: write(n1 k1) | read(n2 k1); kill"
 */
export function planFingerprint(guarantee: string, plan: Plan): string {
  const steps = plan.operations.map(({ client, f, node, key }) => ({
    client: clientName(client),
    f,
    node: String(node),
    key: keyName(key, plan),
  }));
  const kinds = [...new Set(plan.faults.map(({ fault }) => fault.kind))].sort();
  return `${guarantee}: ${shapeOf(steps)}; ${kinds.length === 0 ? "no fault" : kinds.join(", ")}`;
}

/**
 * The shape of an anomaly: its guarantee and its operations, in the notation of `planFingerprint`. The shape is known
 * before shrinking, so a campaign with --keep-going groups failures by shape before it shrinks any of them.
 */
export function anomalyShape(anomaly: Anomaly, events: readonly HistoryEvent[]): string {
  const named = new Set(anomaly.operations);
  const steps = events.flatMap((event): Step[] =>
    event.e === "invoke" && named.has(event.op)
      ? [{ client: event.client, f: event.f, node: event.node, key: event.key }]
      : [],
  );
  return `${anomaly.guarantee}: ${shapeOf(steps)}`;
}

/** A text for the steps of all clients. It does not depend on the names of clients, nodes and keys. */
function shapeOf(steps: readonly Step[]): string {
  const clients = new Map<string, Step[]>();
  for (const step of steps) clients.set(step.client, [...(clients.get(step.client) ?? []), step]);
  const kindsOf = (own: readonly Step[]): string => own.map(({ f }) => f).join(" ");
  const sorted = [...clients.values()].sort((a, b) => compare(kindsOf(a), kindsOf(b)));
  // Clients whose operations have the same kinds may come in any order. Of the orders that are tried, the one whose
  // text sorts first is used.
  return ordersOf(sorted, kindsOf)
    .map(textOf)
    .reduce((least, text) => (text < least ? text : least));
}

function textOf(clients: readonly (readonly Step[])[]): string {
  const nodes = new Map<string, string>();
  const keys = new Map<string, string>();
  const renamed = (names: Map<string, string>, letter: string, name: string): string => {
    const known = names.get(name) ?? `${letter}${names.size + 1}`;
    names.set(name, known);
    return known;
  };
  return clients
    .map((steps) =>
      steps
        .map(({ f, node, key }) => `${f}(${renamed(nodes, "n", node)} ${renamed(keys, "k", key)})`)
        .join(" "),
    )
    .join(" | ");
}

/**
 * All orders that result from swapping clients whose operations have the same kinds. If there are too many, returns
 * fewer or only the given order.
 */
function ordersOf(
  sorted: readonly (readonly Step[])[],
  kindsOf: (own: readonly Step[]) => string,
): readonly (readonly (readonly Step[])[])[] {
  let orders: (readonly (readonly Step[])[])[] = [[]];
  for (let at = 0; at < sorted.length;) {
    const kinds = kindsOf(sorted[at] ?? []);
    const alike = sorted.filter((own) => kindsOf(own) === kinds);
    const inside = alike.length > mostAlike ? [alike] : permutations(alike);
    if (orders.length * inside.length > mostOrders) return [sorted];
    orders = orders.flatMap((order) => inside.map((next) => [...order, ...next]));
    at += alike.length;
  }
  return orders;
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((first, at) =>
    permutations(items.filter((_, index) => index !== at)).map((rest) => [first, ...rest]),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const mostAlike = 6;
const mostOrders = 1000;
