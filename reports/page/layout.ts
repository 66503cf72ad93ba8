/** Computes where each lane is, and what is under the pointer. */
import type {
  Trace,
  TraceFault,
  TraceMessage,
  TraceOperation,
  TraceRing,
} from "../trace/trace-shape.ts";
import type { View } from "./view.ts";

export interface Lane {
  readonly kind: "faults" | "ring" | "client" | "node";
  readonly name: string;
  readonly top: number;
  readonly height: number;
}

export type Hit =
  | { readonly kind: "operation"; readonly operation: TraceOperation }
  | { readonly kind: "message"; readonly message: TraceMessage }
  | { readonly kind: "fault"; readonly fault: TraceFault }
  | { readonly kind: "ring"; readonly ring: TraceRing }
  | { readonly kind: "sync"; readonly sync: Trace["syncs"][number] }
  | {
      readonly kind: "boot";
      readonly node: string;
      readonly boot: number;
      readonly fromUs: number;
      readonly toUs: number;
    };

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly gutter: number;
  readonly axis: number;
  readonly height: number;
  /** The row of each fault in its lane. Faults that overlap in time have different rows. */
  readonly faultRows: ReadonlyMap<TraceFault, number>;
  readonly faultRowHeight: number;
  lane(kind: Lane["kind"], name: string): Lane | undefined;
  /**
   * The lane of the sender or receiver of a message. If a client and a node share the name, it is the client's lane.
   */
  laneOf(name: string): Lane | undefined;
  hit(
    x: number,
    y: number,
    width: number,
    view: View,
    messages: readonly TraceMessage[],
  ): Hit | undefined;
}

export function createLayout(trace: Trace): Layout {
  const gutter = 96;
  const axis = 30;
  const below = 12;
  const faultRowHeight = 20;
  const rowEndsUs: number[] = [];
  const faultRows = new Map<TraceFault, number>();
  for (const fault of trace.faults) {
    const free = rowEndsUs.findIndex((endUs) => endUs <= fault.fromUs);
    const row = free < 0 ? rowEndsUs.length : free;
    rowEndsUs[row] = fault.toUs;
    faultRows.set(fault, row);
  }

  const lanes: Lane[] = [];
  let top = axis;
  const add = (kind: Lane["kind"], name: string, height: number): void => {
    lanes.push({ kind, name, top, height });
    top += height;
  };
  add("faults", "faults", Math.max(1, rowEndsUs.length) * faultRowHeight + 8);
  if (trace.rings !== undefined) add("ring", "ring", 24);
  for (const name of trace.clients) add("client", name, 26);
  top += 10;
  for (const node of trace.nodes) add("node", node.name, 30);
  const byName = new Map(lanes.map((lane) => [`${lane.kind} ${lane.name}`, lane]));
  const lane = (kind: Lane["kind"], name: string): Lane | undefined =>
    byName.get(`${kind} ${name}`);
  const laneOf = (name: string): Lane | undefined => lane("client", name) ?? lane("node", name);

  const byClient = new Map<string, TraceOperation[]>(trace.clients.map((name) => [name, []]));
  for (const operation of trace.operations) byClient.get(operation.client)?.push(operation);

  /** The operation at a pixel. Up to three pixels beside an operation still count, and the nearest operation wins. */
  function operationAt(
    client: string,
    x: number,
    width: number,
    view: View,
  ): TraceOperation | undefined {
    let best: TraceOperation | undefined;
    let distance = 4;
    for (const operation of byClient.get(client) ?? []) {
      const from = view.x(operation.startUs, width);
      const to = view.x(operation.endUs ?? trace.endUs, width);
      const away = Math.max(from - x, x - to, 0);
      if (away < distance || (away === 0 && distance === 0)) {
        best = operation;
        distance = away;
      }
    }
    return best;
  }

  function messageAt(
    x: number,
    y: number,
    width: number,
    view: View,
    messages: readonly TraceMessage[],
  ): TraceMessage | undefined {
    return messages.find((message) => {
      const from = laneOf(message.from);
      const to = laneOf(message.to);
      if (from === undefined || to === undefined || from === to) return false;
      const [x1, y1] = [view.x(message.sentUs, width), from.top + from.height / 2];
      const [x2, y2] = [
        view.x(message.receivedUs ?? message.sentUs, width),
        to.top + to.height / 2,
      ];
      const along =
        ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
      if (along < 0 || along > (message.receivedUs === undefined ? 0.5 : 1)) return false;
      return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1)) < 5;
    });
  }

  function hit(
    x: number,
    y: number,
    width: number,
    view: View,
    messages: readonly TraceMessage[],
  ): Hit | undefined {
    const under = lanes.find(
      (candidate) => y >= candidate.top && y < candidate.top + candidate.height,
    );
    if (under?.kind === "client") {
      const operation = operationAt(under.name, x, width, view);
      if (operation !== undefined) return { kind: "operation", operation };
    }
    const message = messageAt(x, y, width, view, messages);
    if (message !== undefined) return { kind: "message", message };
    if (under === undefined || under.kind === "client") return undefined;
    const atUs = view.at(x, width);
    if (under.kind === "ring") {
      const ring = trace.rings?.findLast((candidate) => candidate.fromUs <= atUs);
      return ring && { kind: "ring", ring };
    }
    if (under.kind === "faults") {
      const row = Math.floor((y - under.top - 4) / faultRowHeight);
      const fault = trace.faults.find(
        (candidate) =>
          faultRows.get(candidate) === row && candidate.fromUs <= atUs && atUs <= candidate.toUs,
      );
      return fault && { kind: "fault", fault };
    }
    const sync = trace.syncs.find(
      (candidate) =>
        candidate.node === under.name && Math.abs(view.x(candidate.atUs, width) - x) < 5,
    );
    if (sync !== undefined) return { kind: "sync", sync };
    const fault = trace.faults.find(
      (candidate) =>
        candidate.nodes.includes(under.name) && candidate.fromUs <= atUs && atUs <= candidate.toUs,
    );
    if (fault !== undefined) return { kind: "fault", fault };
    const boot = trace.nodes
      .find((node) => node.name === under.name)
      ?.boots.find((candidate) => candidate.fromUs <= atUs && atUs <= candidate.toUs);
    return boot && { kind: "boot", node: under.name, ...boot };
  }

  return { lanes, gutter, axis, height: top + below, faultRows, faultRowHeight, lane, laneOf, hit };
}
