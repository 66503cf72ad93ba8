/** Shared parts of link faults: a direction, and impairments of links that stay up. */
import type { Random } from "fast-check";
import { integer, pick, range } from "../draw.ts";
import type { Fault, NodeNamer } from "../plan.ts";
import type { ClusterFacts } from "../target.ts";
import type { Effect, FaultDraw, FaultKind } from "./fault-kind.ts";
import { drawNodes, namesOf, type NodesFault, ofNodes } from "./nodes.ts";
import { linkName, port, type Want } from "./port.ts";
import { closed, nodeIndices } from "./schemas.ts";

/** The affected packets as seen from the fault's nodes: incoming, outgoing, or both. */
export type Direction = "in" | "out" | "both";

/** A fault of the links of some nodes in one or both directions. */
export type DirectedFault<Kind extends string = string> = NodesFault<Kind> & {
  readonly direction: Direction;
};

/**
 * The impairment of one direction of a link between two nodes. An absent field means that the packets are not impaired
 * in this respect.
 */
export interface Impairment {
  readonly lossPercent?: number;
  readonly duplicatePercent?: number;
  readonly reorderPercent?: number;
  readonly lateMs?: number;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerS?: number;
}

export const impairments = port("impairments", "network", worseOf);

/** Combines two impairments into one, which has the worse value of each field. */
export function worseOf(a: Impairment, b: Impairment): Impairment {
  const worse: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b as Readonly<Record<string, number>>)) {
    const other = worse[name];
    worse[name] =
      other === undefined
        ? value
        : name === "bytesPerS"
          ? Math.min(other, value)
          : Math.max(other, value);
  }
  return worse;
}

/**
 * The members that all kinds of fault with nodes and a direction share. Shrinking removes nodes, or one of the two
 * directions.
 */
export const directed = {
  ...ofNodes,
  partsOf: ({ nodes, direction }: DirectedFault): number =>
    nodes.length + (direction === "both" ? 2 : 0),
  narrow: <F extends DirectedFault & Fault>(fault: F, part: number): F | null =>
    part < fault.nodes.length
      ? ofNodes.narrow(fault, part)
      : { ...fault, direction: part === fault.nodes.length ? "in" : "out" },
};

export const directions = ["in", "out", "both"] as const;

/** The allowed range of each number in a fault. The numbers are whole. */
type Numbers<F> = { readonly [N in Exclude<keyof F, keyof DirectedFault>]: Range };
interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** Makes a kind whose faults impair the links between some nodes and all their peers. */
export function impairing<F extends DirectedFault & Fault>(kind: {
  readonly kind: F["kind"];
  readonly meaning: string;
  readonly numbers: Numbers<F>;
  readonly example: F;
  readonly draw: FaultKind<F>["draw"];
  readonly impairment: (fault: F) => Impairment;
  /** Describes what happens to the packets that the text `which` names. */
  readonly say: (fault: F, which: string) => string;
  /** Whether the impairment is so strong that nothing arrives in time. If absent, it never is. */
  readonly silences?: (fault: F, facts: ClusterFacts) => boolean;
}): FaultKind<F> & { readonly ports: readonly [typeof impairments] } {
  const { silences = () => false } = kind;
  return {
    ...directed,
    kind: kind.kind,
    meaning: kind.meaning,
    ports: [impairments],
    needsPeers: true,
    schema: closed({
      kind: { const: kind.kind },
      nodes: nodeIndices,
      direction: { enum: [...directions] },
      ...Object.fromEntries(
        Object.entries<Range>(kind.numbers).map(([name, range]) => [
          name,
          { type: "integer", ...range },
        ]),
      ),
    }),
    example: kind.example,
    draw: kind.draw,
    say: (fault, nameOf) => kind.say(fault, `the packets ${directionText(fault, nameOf)}`),
    wants: (fault, { nodes, nameOf }): readonly Want[] => {
      const impairment = kind.impairment(fault);
      return linkPairs(fault, nodes).map(([from, to]) =>
        impairments.want(linkName(nameOf(from), nameOf(to)), impairment),
      );
    },
    effects: (fault, facts): readonly Effect[] =>
      silences(fault, facts)
        ? linkPairs(fault, facts.nodes).map(([from, to]) => ({ effect: "apart", from, to }))
        : [],
  };
}

/** The directed links that the fault affects, each once, as pairs of node indices. */
function linkPairs(
  { nodes: named, direction }: DirectedFault,
  nodes: number,
): (readonly [from: number, to: number])[] {
  return range(nodes).flatMap((from) =>
    range(nodes)
      .filter(
        (to) =>
          from !== to &&
          ((direction !== "in" && named.includes(from)) ||
            (direction !== "out" && named.includes(to))),
      )
      .map((to) => [from, to] as const),
  );
}

function directionText(fault: DirectedFault, nameOf: NodeNamer): string {
  const where = { in: "to", out: "from", both: "to and from" }[fault.direction];
  return `${where} ${namesOf(fault, nameOf)}`;
}

/** Draws nodes and direction. The fault's own numbers are drawn separately. */
export function drawDirected<const Kind extends string>(
  kind: Kind,
  random: Random,
  draw: FaultDraw,
): DirectedFault<Kind> {
  return { kind, nodes: drawNodes(random, draw), direction: drawDirection(random) };
}

const drawDirection = (random: Random): Direction => pick(random, directions);

/** The allowed range of `percent`, the probability in percent that a packet is affected. */
export const percent: Range = { minimum: 1, maximum: 99 };
export const drawPercent = (random: Random): number =>
  pick(random, [integer(random, 1, 10), integer(random, 10, 60)]);
