/** Faults that leave links up, but in trouble: packets come late, slowly, twice, out of order, or not at all by chance. */
import { range } from "./draw.ts";
import { type Direction, type Fault, nodeName } from "./plan.ts";

/** Of the links between these nodes and all their peers; of a hundred packets, `percent` are meant, each by chance. */
export type LinkFault =
  | {
      readonly kind: "loss" | "duplicate";
      readonly nodes: readonly number[];
      readonly direction: Direction;
      readonly percent: number;
    }
  /** These packets come after up to `lateMs` more than those sent behind them. */
  | {
      readonly kind: "reorder";
      readonly nodes: readonly number[];
      readonly direction: Direction;
      readonly percent: number;
      readonly lateMs: number;
    }
  /** Each packet takes `delayMs` longer, and by chance up to `jitterMs` more. */
  | {
      readonly kind: "delay";
      readonly nodes: readonly number[];
      readonly direction: Direction;
      readonly delayMs: number;
      readonly jitterMs: number;
    }
  /** Each link carries so much and no more. */
  | {
      readonly kind: "rate";
      readonly nodes: readonly number[];
      readonly direction: Direction;
      readonly bytesPerS: number;
    };

/** What is wrong with one direction of a link. What is left out is as it should be. */
export interface Trouble {
  readonly lossPercent?: number;
  readonly duplicatePercent?: number;
  readonly reorderPercent?: number;
  readonly lateMs?: number;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerS?: number;
}

export function isLinkFault(fault: Fault): fault is LinkFault {
  return (
    fault.kind === "loss" ||
    fault.kind === "duplicate" ||
    fault.kind === "reorder" ||
    fault.kind === "delay" ||
    fault.kind === "rate"
  );
}

export function troubleOf(fault: LinkFault): Trouble {
  switch (fault.kind) {
    case "loss":
      return { lossPercent: fault.percent };
    case "duplicate":
      return { duplicatePercent: fault.percent };
    case "reorder":
      return { reorderPercent: fault.percent, lateMs: fault.lateMs };
    case "delay":
      return { delayMs: fault.delayMs, jitterMs: fault.jitterMs };
    case "rate":
      return { bytesPerS: fault.bytesPerS };
  }
}

/** Both at once: of each trouble the worse. */
export function worseOf(a: Trouble, b: Trouble): Trouble {
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

/** The directed links that it is about, each once. */
export function linkPairs(
  { nodes: named, direction }: Pick<LinkFault, "nodes" | "direction">,
  nodes: number,
): [from: number, to: number][] {
  return range(nodes).flatMap((from) =>
    range(nodes)
      .filter(
        (to) =>
          from !== to &&
          ((direction !== "in" && named.includes(from)) ||
            (direction !== "out" && named.includes(to))),
      )
      .map((to): [number, number] => [from, to]),
  );
}

/** What happens, for a person: without "at … ms" and "for … ms". */
export function linkText(fault: LinkFault): string {
  const which = `the packets ${directionText(fault.direction, fault.nodes)}`;
  switch (fault.kind) {
    case "loss":
      return `lose ${fault.percent} % of ${which}`;
    case "duplicate":
      return `send ${fault.percent} % of ${which} twice`;
    case "reorder":
      return `let ${fault.percent} % of ${which} be overtaken, by up to ${fault.lateMs} ms,`;
    case "delay":
      return `delay ${which} by ${fault.delayMs} ms${fault.jitterMs === 0 ? "" : ` and up to ${fault.jitterMs} ms more`}`;
    case "rate":
      return `carry no more than ${fault.bytesPerS} bytes a second of ${which}, on each link,`;
  }
}

export function directionText(direction: Direction, nodes: readonly number[]): string {
  return `${direction === "in" ? "to" : direction === "out" ? "from" : "to and from"} ${nodes.map(nodeName).join(", ")}`;
}
