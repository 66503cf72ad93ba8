import type { Table } from "./packed-table.ts";

/**
 * The data of the page's timeline: spans and marks. The report embeds it as JSON, with long lists as columns
 * (packed-table.ts). Times are microseconds of the history's clock. Texts are already clipped and made visible.
 */
export interface Trace {
  /**
   * "events" for a history without clocks, in which one microsecond stands for one event. Absent: the axis shows times.
   */
  readonly axis?: "events";
  /** The time of the first event. */
  readonly fromUs: number;
  readonly endUs: number;
  readonly clients: readonly string[];
  readonly nodes: readonly TraceNode[];
  /** The operations, sorted by startUs. */
  readonly operations: readonly TraceOperation[];
  readonly faults: readonly TraceFault[];
  readonly phases: readonly { readonly atUs: number; readonly name: string }[];
  /** The messages that the timeline draws, sorted by sentUs. In a large history, those that its anomalies need. */
  readonly messages: readonly TraceMessage[];
  /** When nodes made versions durable. A large history has only the syncs of keys that an anomaly's operations use. */
  readonly syncs: readonly {
    readonly node: string;
    readonly atUs: number;
    readonly what: string;
  }[];
  readonly anomalies: readonly TraceAnomaly[];
  /** The versions of the ring, in order. Absent: membership never changed. */
  readonly rings?: readonly TraceRing[];
  /** The owners of each key over time. Absent: membership never changed. */
  readonly owners?: readonly TraceOwner[];
}

/** A version of the ring. From `fromUs` to `toUs`, it was the newest version that any node used. */
export interface TraceRing {
  readonly version: number;
  readonly members: readonly string[];
  /** The change under way, with its step. Absent: no change is under way. */
  readonly under?: string;
  readonly fromUs: number;
  /** When the last node began to use this version. Nodes that never used it do not count. */
  readonly everyUs: number;
  readonly toUs: number;
}

/** The role of a node for a key during some time, by the newest version of the ring. */
export interface TraceOwner {
  readonly key: string;
  readonly node: string;
  /**
   * `owner`: the node gets the key's reads and writes. `writes`: it gets only the writes, since it will own the key, or
   * has owned it.
   */
  readonly role: "owner" | "writes";
  readonly fromUs: number;
  readonly toUs: number;
}

/** The form in which the page embeds a trace. */
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
  /** The node that the client asked. This node is the coordinator unless the store forwarded the request. */
  readonly node: string;
  /** How the page draws the operation. Any operation that is no read, write or delete is drawn as a write. */
  readonly f: "read" | "write" | "delete";
  /** The operation's own name, such as "cas" or "add". Absent for a read, write or delete. */
  readonly name?: string;
  readonly key: string;
  readonly startUs: number;
  /** When the operation ended. Absent: it had not ended at the end of the history. */
  readonly endUs?: number;
  readonly outcome: "ok" | "fail" | "info" | "open";
  readonly value?: string;
  /** The quorum that the request named, for example "r 2" or "w 3". Absent: the request named none. */
  readonly quorum?: string;
  readonly code?: string;
  readonly message?: string;
  readonly versions?: readonly { readonly version: string; readonly value: string | null }[];
  readonly contextOf?: number;
  readonly final?: true;
  /**
   * The replicas whose replies reached the coordinator, with the times, in order. Absent if the evidence shows none.
   */
  readonly replies?: readonly { readonly node: string; readonly atUs: number }[];
}

export interface TraceFault {
  readonly kind: string;
  readonly label: string;
  readonly nodes: readonly string[];
  /** The times of the fault's first and last change. From `fullFromUs` to `fullToUs`, the fault was fully in force. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly fullFromUs: number;
  readonly fullToUs: number;
}

export interface TraceMessage {
  readonly from: string;
  readonly to: string;
  readonly sentUs: number;
  /** When the message arrived. Absent: the evidence shows no arrival. */
  readonly receivedUs?: number;
  /**
   * What the message is for. Repairs have the name of their mechanism: read repair, hinted handoff, stream to a new
   * owner, exchange (anti-entropy).
   */
  readonly kind: "request" | "reply" | "read-repair" | "handoff" | "stream" | "exchange" | "error";
  readonly label: string;
  readonly op?: number;
  /** The node that the message carries a hint for. Absent: the message carries no hint. */
  readonly hintFor?: string;
  /**
   * What the network did to the message, for example "held for 36.1 ms, delivered twice". Absent: nothing of this kind
   * is recorded.
   */
  readonly fate?: string;
}

export interface TraceAnomaly {
  readonly guarantee: string;
  readonly promised: boolean;
  readonly explanation: string;
  readonly operations: readonly number[];
  readonly atUs?: number;
}
