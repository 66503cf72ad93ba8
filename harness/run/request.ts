/** Operations as requests of the store's protocol, and its replies as outcomes of operations. */
import type { VersionedValue, VersionVector } from "../../checkers/index.ts";
import { type ClientReply, errors, type State } from "../../store/index.ts";

export type Outcome =
  | {
      readonly kind: "ok";
      readonly versions: readonly VersionedValue[];
      readonly context?: VersionVector;
      readonly token?: string;
    }
  | { readonly kind: "fail" | "info"; readonly code: string; readonly message: string };

/** What a reply means to the operation that asked. `value` is what a write wrote. A reply of the wrong type is indeterminate. */
export function outcomeOf(reply: ClientReply, value: string | null): Outcome {
  switch (reply.type) {
    case "got":
      return {
        kind: "ok",
        versions: versionsOf(reply.state),
        ...(reply.state?.kind === "siblings" ? { context: reply.state.context } : {}),
        ...(reply.context === undefined ? {} : { token: reply.context }),
      };
    case "stored":
      return {
        kind: "ok",
        versions: [{ version: reply.version, value }],
        ...(reply.context === undefined ? {} : { token: reply.context }),
      };
    case "error":
      return {
        kind: errors[reply.code].definite ? "fail" : "info",
        code: reply.code,
        message: reply.message,
      };
    case "versioned":
      return {
        kind: "info",
        code: "unexpected-reply",
        message: "half of a put answered an operation",
      };
    case "inspected":
      return {
        kind: "info",
        code: "unexpected-reply",
        message: "an inspection answered an operation",
      };
  }
}

/** The versions in a replica's or a read's state; [] is not-found. */
export function versionsOf(state: State | null): readonly VersionedValue[] {
  if (state === null) return [];
  return state.kind === "stamped"
    ? [{ version: state.stamp, value: state.value }]
    : state.siblings.map((sibling) => ({ version: sibling.dot, value: sibling.value }));
}
