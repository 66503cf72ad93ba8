/**
 * Describes frames and log records in the terms of histories. The Host does this for its evidence, so planted bugs
 * cannot change it.
 */
import type { Message, StoreCause } from "./protocol.ts";
import type { RingState } from "../placement/ring-state.ts";
import type { LogRecord, State, VersionVector } from "../versions/records.ts";
import { versionsOf } from "../versions/states.ts";

/**
 * The summary of a state or of a log record in evidence: the key, and its version or its siblings' versions and their
 * context.
 */
export interface RecordSummary {
  readonly key: string;
  readonly versions: readonly string[];
  readonly context?: VersionVector;
  /** The replica for which the node keeps this state as a hint. Absent if the node holds the state as a replica. */
  readonly hintFor?: string;
  /** The version of the ring that the node uses from now on. The key of such a record is empty. */
  readonly ring?: RingState;
  /** Set if the node dropped the key because it no longer owns it. */
  readonly dropped?: true;
}

/**
 * The content of a frame, in the shape of a history's FrameSummary. Checkers see nothing else of the store's protocol.
 */
export type FrameSummary =
  | {
      readonly frame: "client-read";
      readonly trace: number;
      readonly key: string;
      readonly r?: number;
    }
  | {
      readonly frame: "client-write";
      readonly trace: number;
      readonly key: string;
      readonly w?: number;
    }
  | ({ readonly frame: "client-read-ok"; readonly trace: number } & RecordSummary)
  | ({ readonly frame: "client-write-ok"; readonly trace: number } & RecordSummary)
  | { readonly frame: "client-error"; readonly trace: number; readonly code: string }
  | ({
      readonly frame: "replica-write";
      readonly trace?: number;
      readonly request: number;
      readonly cause: StoreCause;
    } & RecordSummary)
  | {
      readonly frame: "replica-write-ok";
      readonly trace?: number;
      readonly request: number;
      readonly key: string;
    }
  | {
      readonly frame: "replica-read";
      readonly trace?: number;
      readonly request: number;
      readonly key: string;
    }
  | ({
      readonly frame: "replica-read-ok";
      readonly trace?: number;
      readonly request: number;
    } & RecordSummary)
  | { readonly frame: "stream"; readonly detail: string }
  | { readonly frame: "exchange"; readonly detail: string }
  | { readonly frame: "other"; readonly detail: string };

/**
 * Whether the message only keeps a link alive. Evidence leaves such messages out, since they would fill it and show
 * nothing.
 */
export const isKeepAlive = (message: Message): boolean =>
  message.type === "ping" || message.type === "pong";

/** Describes a message for the evidence. Null for a message that only keeps a link alive. */
export function describeFrame(message: Message): FrameSummary | null {
  switch (message.type) {
    case "ping":
    case "pong":
      return null;
    case "replica-put": {
      const { id, trace, key, state, cause } = message;
      const versions = versionsOf(state);
      if (state.kind === "stamped" && trace !== undefined)
        return { frame: "replica-write", trace, request: id, cause, key, versions };
      return {
        frame: "replica-write",
        ...traced(trace),
        request: id,
        cause,
        key,
        versions,
        ...contextOf(state),
      };
    }
    case "hint-put": {
      const { id, trace, key, state, target } = message;
      return {
        frame: "replica-write",
        trace,
        request: id,
        cause: "write",
        key,
        versions: versionsOf(state),
        ...contextOf(state),
        hintFor: target,
      };
    }
    case "hint-stored":
      return {
        frame: "replica-write-ok",
        trace: message.trace,
        request: message.id,
        key: message.key,
      };
    case "replica-stored": {
      const { id, trace, key } = message;
      return trace === undefined
        ? { frame: "replica-write-ok", request: id, key }
        : { frame: "replica-write-ok", trace, request: id, key };
    }
    case "replica-refused":
      return {
        frame: "other",
        detail: `request ${message.id} for ${message.key} refused: the disk is full`,
      };
    case "replica-get": {
      const { id, trace, key } = message;
      return trace === undefined
        ? { frame: "replica-read", request: id, key }
        : { frame: "replica-read", trace, request: id, key };
    }
    case "replica-got": {
      const { id, trace, key, state } = message;
      const versions = versionsOf(state);
      if (state?.kind !== "siblings" && trace !== undefined)
        return { frame: "replica-read-ok", trace, request: id, key, versions };
      return {
        frame: "replica-read-ok",
        ...traced(trace),
        request: id,
        key,
        versions,
        ...contextOf(state),
      };
    }
    case "replica-digest":
      return { frame: "replica-read", trace: message.trace, request: message.id, key: message.key };
    // A digest shows which versions the replica holds, so the evidence describes it like a full state.
    case "replica-digested": {
      const { id, trace, key, versions, context } = message;
      return {
        frame: "replica-read-ok",
        trace,
        request: id,
        key,
        versions,
        ...(context === undefined ? {} : { context }),
      };
    }
    case "stream-ask":
      return {
        frame: "stream",
        detail: `asks for the keys that it will own${message.after === undefined ? "" : ` after ${message.after}`}`,
      };
    case "stream-page":
      return {
        frame: "stream",
        detail: `${message.entries.map(({ key }) => key).join(" ") || "nothing"}${message.more ? ", more to come" : ", all of it"}`,
      };
    case "stream-later":
      return { frame: "stream", detail: "not yet" };
    case "ring-tell":
    case "ring-ack":
      return {
        frame: "other",
        detail: `shows ring ${message.shown.version}${stepOf(message.shown)}${message.done ? ", done" : ""}`,
      };
    case "ring-refused":
      return { frame: "other", detail: `refused: the ring is at ${message.shown.version}` };
    case "ring-change":
      return { frame: "other", detail: `asks for ${message.name}: ${message.change.kind}` };
    case "ring-told":
      return {
        frame: "other",
        detail: message.problem ?? `begun: ring ${message.ring.version}${stepOf(message.ring)}`,
      };
    case "get": {
      const { id, key, r } = message;
      return typeof r !== "number"
        ? { frame: "client-read", trace: id, key }
        : { frame: "client-read", trace: id, key, r };
    }
    case "put": {
      const { id, key, w } = message;
      return typeof w !== "number"
        ? { frame: "client-write", trace: id, key }
        : { frame: "client-write", trace: id, key, w };
    }
    case "got": {
      const { id, key, state } = message;
      const versions = versionsOf(state);
      return state?.kind === "siblings"
        ? { frame: "client-read-ok", trace: id, key, versions, context: state.context }
        : { frame: "client-read-ok", trace: id, key, versions };
    }
    case "version-put":
      return { frame: "client-write", trace: message.id, key: message.key };
    case "versioned":
    case "stored":
      return {
        frame: "client-write-ok",
        trace: message.id,
        key: message.key,
        versions: [message.version],
      };
    case "error":
      return { frame: "client-error", trace: message.id, code: message.code };
    case "range-compare":
      return { frame: "exchange", detail: `compare ${message.hashes.length} ranges` };
    case "ranges-differ":
      return { frame: "exchange", detail: `ranges differ: ${message.ranges.join(" ") || "none"}` };
    case "tree-compare":
      return {
        frame: "exchange",
        detail: `compare ${message.range} level ${message.level}: ${message.hashes.length} hashes`,
      };
    case "tree-differs":
      return {
        frame: "exchange",
        detail: `${message.range} level ${message.level} differs: ${message.indices.join(" ")}`,
      };
    case "leaf-compare":
      return {
        frame: "exchange",
        detail: `compare ${message.range}: ${message.digests.length} keys`,
      };
    case "leaf-differs":
      return {
        frame: "exchange",
        detail: `wanted of ${message.range}: ${message.wanted.join(" ")}`,
      };
    // The frame is "other", not "replica-read": the reply to a stamp-get must not count as a reply to a client's read.
    case "stamp-get":
      return {
        frame: "other",
        detail: `operation ${message.trace} asks for the stamp of ${message.key}`,
      };
    case "stamp-got":
      return {
        frame: "other",
        detail: `operation ${message.trace} is told the stamp of ${message.key}: ${message.stamp ?? "none"}`,
      };
    case "forward-put":
      return { frame: "other", detail: `operation ${message.trace} passed on` };
    case "forwarded":
      return {
        frame: "other",
        detail: `operation ${message.trace} came back: ${message.reply.type}`,
      };
    // The frame is "other", not "replica-write": a reap-ask has a state but stores nothing.
    case "reap-ask":
      return {
        frame: "other",
        detail: `asks who holds the tombstone ${versionsOf(message.state).join(" ")} of ${message.key}`,
      };
    case "reap-told":
      return {
        frame: "other",
        detail: `${message.holds ? "holds" : "lacks"} the tombstone of ${message.key}`,
      };
    case "reap":
      return {
        frame: "other",
        detail: `the tombstone ${versionsOf(message.state).join(" ")} of ${message.key} may go`,
      };
    case "inspect":
    case "inspected":
      return { frame: "other", detail: message.type };
  }
}

/** Describes a log record for the evidence of a sync. */
export function describeRecord({ key, state, hint, ring, dropped }: LogRecord): RecordSummary {
  if (ring !== undefined) return { key, versions: [], ring };
  if (dropped === true) return { key, versions: [], dropped };
  if (hint !== undefined)
    return { key, versions: versionsOf(state), ...contextOf(state), hintFor: hint.target };
  return state.kind === "stamped"
    ? { key, versions: versionsOf(state) }
    : { key, versions: versionsOf(state), context: state.context };
}

const stepOf = ({ under }: RingState): string => (under === undefined ? "" : ` (${under.step})`);

function traced(trace: number | undefined): { readonly trace?: number } {
  return trace === undefined ? {} : { trace };
}

function contextOf(state: State | null): { readonly context?: VersionVector } {
  return state?.kind === "siblings" ? { context: state.context } : {};
}
