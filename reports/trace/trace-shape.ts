import type { Table } from "./packed-table.ts";

/**
 * What the timeline in the page draws: a history boiled down to spans and marks. It is embedded in the report as JSON,
 * its long lists as columns (table.ts). Times are microseconds of the history's own clock. Every text is already
 * clipped and made visible.
 */
export interface Trace {
  /** Of a history without clocks: one microsecond stands for one event. */
  readonly axis?: "events";
  /** The first event. */
  readonly fromUs: number;
  readonly endUs: number;
  readonly clients: readonly string[];
  readonly nodes: readonly TraceNode[];
  /** Sorted by startUs. */
  readonly operations: readonly TraceOperation[];
  readonly faults: readonly TraceFault[];
  readonly phases: readonly { readonly atUs: number; readonly name: string }[];
  /** Sorted by sentUs. Only those of operations that an anomaly names, unless the history is small. */
  readonly messages: readonly TraceMessage[];
  /** When a node had made a version of a key that an anomaly names durable. */
  readonly syncs: readonly {
    readonly node: string;
    readonly atUs: number;
    readonly what: string;
  }[];
  readonly anomalies: readonly TraceAnomaly[];
  /** Versions of the ring, in order. Absent: membership never changed. */
  readonly rings?: readonly TraceRing[];
  /** Who owned which key when. Absent: membership never changed. */
  readonly owners?: readonly TraceOwner[];
}

/** One version of the ring, while it was the newest that any node went by. */
export interface TraceRing {
  readonly version: number;
  readonly members: readonly string[];
  /** The change that is under way, and its step. Absent: none is. */
  readonly under?: string;
  readonly fromUs: number;
  /** When the last of the nodes that ever went by it began to. */
  readonly everyUs: number;
  readonly toUs: number;
}

/** What a node was to a key for a while, by the newest version of the ring. */
export interface TraceOwner {
  readonly key: string;
  readonly node: string;
  /** `writes`: it gets writes and no read asks it. It is about to own the key, or owned it. */
  readonly role: "owner" | "writes";
  readonly fromUs: number;
  readonly toUs: number;
}

/** As it is embedded. */
export type PackedTrace = Omit<Trace, "operations" | "messages" | "syncs"> &
  Readonly<Record<"operations" | "messages" | "syncs", Table>>;

export interface TraceNode {
  readonly name: string;
  readonly boots: readonly {
    readonly boot: number;
    readonly fromUs: number;
    readonly toUs: number;
  }[];
  readonly pauses: readonly { readonly fromUs: number; readonly toUs: number }[];
}

export interface TraceOperation {
  readonly op: number;
  readonly client: string;
  readonly process: number;
  /** The node that was asked: the coordinator, unless the store passed the request on. */
  readonly node: string;
  /** As it is drawn: operations of other workloads than registers and siblings like writes. */
  readonly f: "read" | "write" | "delete";
  /** What such an operation is called. */
  readonly name?: string;
  readonly key: string;
  readonly startUs: number;
  /** Absent: the history ends before the operation did. */
  readonly endUs?: number;
  readonly outcome: "ok" | "fail" | "info" | "open";
  readonly value?: string;
  /** "r 2" or "w 3" where the request named its own quorum. */
  readonly quorum?: string;
  readonly code?: string;
  readonly message?: string;
  readonly versions?: readonly { readonly version: string; readonly value: string | null }[];
  readonly contextOf?: number;
  readonly final?: true;
  /** From the evidence: whose replies reached the coordinator, and when, in order. */
  readonly replies?: readonly { readonly node: string; readonly atUs: number }[];
}

export interface TraceFault {
  readonly kind: string;
  readonly label: string;
  readonly nodes: readonly string[];
  /** First change and last change; in between, [fullFromUs, fullToUs], it was wholly in force. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly fullFromUs: number;
  readonly fullToUs: number;
}

export interface TraceMessage {
  readonly from: string;
  readonly to: string;
  readonly sentUs: number;
  /** Absent: the evidence shows no arrival. */
  readonly receivedUs?: number;
  /** Repairs by their mechanism: read repair, hinted handoff, exchange (anti-entropy). */
  readonly kind: "request" | "reply" | "read-repair" | "handoff" | "stream" | "exchange" | "error";
  readonly label: string;
  readonly op?: number;
}

export interface TraceAnomaly {
  readonly guarantee: string;
  readonly promised: boolean;
  readonly explanation: string;
  readonly operations: readonly number[];
  readonly atUs?: number;
}
