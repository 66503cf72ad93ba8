/**
 * Reads the texts by which the bundled store describes messages that histories record only as text: questions for
 * stamps, forwarded requests, the answers to both, refusals, and messages about dropping tombstones. Other texts are
 * not understood.
 */
import type { TraceMessage } from "./trace-shape.ts";

/** What the text of a message says. */
export interface OtherFrame {
  readonly kind: TraceMessage["kind"];
  /** Describes the message in words. `version` returns the name of a version for a reader. */
  label(version: (name: string) => string): string;
  /** The operation that the message belongs to. Absent: it belongs to none, or the text does not name it. */
  readonly op?: number;
  /** The key that the message is about. Absent: the text does not name it. */
  readonly key?: string;
  /** The number of the request that the message refuses, and why. Absent: the message refuses none. */
  readonly refused?: { readonly request: number; readonly why: string };
}

type Reader = readonly [
  text: RegExp,
  read: (groups: Readonly<Record<string, string>>) => OtherFrame,
];

const readers: readonly Reader[] = [
  [
    /^operation (?<op>\d+) asks for the stamp of (?<key>.*)$/s,
    ({ op, key = "" }) => ({
      kind: "request",
      op: Number(op),
      key,
      label: () => `asks for the newest stamp of ${key}`,
    }),
  ],
  [
    /^operation (?<op>\d+) is told the stamp of (?<key>.*): (?<stamp>\S+)$/s,
    ({ op, key = "", stamp = "none" }) => ({
      kind: "reply",
      op: Number(op),
      key,
      label: (version) =>
        stamp === "none"
          ? `has no stamp of ${key}`
          : `the newest stamp of ${key} is that of ${version(stamp)}`,
    }),
  ],
  [
    /^operation (?<op>\d+) passed on$/,
    ({ op }) => ({ kind: "request", op: Number(op), label: () => "passes the operation on" }),
  ],
  [
    /^operation (?<op>\d+) came back: (?<type>.*)$/s,
    ({ op, type = "" }) => ({
      kind: "reply",
      op: Number(op),
      label: () => `answers the operation that was passed on: ${type}`,
    }),
  ],
  [
    /^request (?<request>\d+) for (?<key>.*) refused: (?<why>.*)$/s,
    ({ request, key = "", why = "" }) => ({
      kind: "error",
      key,
      refused: { request: Number(request), why },
      label: () => `refuses to store ${key}: ${why}`,
    }),
  ],
  [
    /^asks who holds the tombstone (?<stamp>\S+) of (?<key>.*)$/s,
    ({ stamp = "", key = "" }) => ({
      kind: "request",
      key,
      label: (version) => `asks who holds the tombstone ${version(stamp)} of ${key}`,
    }),
  ],
  [
    /^(?<answer>holds|lacks) the tombstone of (?<key>.*)$/s,
    ({ answer = "", key = "" }) => ({
      kind: "reply",
      key,
      label: () => `${answer} the tombstone of ${key}`,
    }),
  ],
  [
    /^the tombstone (?<stamp>\S+) of (?<key>.*) may go$/s,
    ({ stamp = "", key = "" }) => ({
      kind: "request",
      key,
      label: (version) => `the tombstone ${version(stamp)} of ${key} may be dropped`,
    }),
  ],
];

/** Reads the text of a message. Undefined: the text is none of the known ones. */
export function otherFrame(detail: string): OtherFrame | undefined {
  for (const [text, read] of readers) {
    const found = text.exec(detail);
    if (found !== null) return read(found.groups ?? {});
  }
  return undefined;
}
