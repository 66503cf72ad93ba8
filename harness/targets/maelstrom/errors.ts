/** Maelstrom's error codes (doc/protocol.md), and which of them mean that the operation certainly had no effect. */
import type { MessageBody } from "../../platforms/messages/message.ts";
import type { Outcome } from "../../platforms/session.ts";

export const keyDoesNotExist = 20;
export const preconditionFailed = 22;

const names: Readonly<Record<number, readonly [name: string, isDefinite: boolean]>> = {
  0: ["timeout", false],
  1: ["node-not-found", true],
  10: ["not-supported", true],
  11: ["temporarily-unavailable", true],
  12: ["malformed-request", true],
  13: ["crash", false],
  14: ["abort", true],
  20: ["key-does-not-exist", true],
  21: ["key-already-exists", true],
  22: ["precondition-failed", true],
  30: ["txn-conflict", true],
};

/** Returns the outcome of an error reply. A custom code leaves it open whether the operation took effect. */
export function failureOf({
  code,
  text,
}: MessageBody): Extract<Outcome, { kind: "fail" | "info" }> {
  const [name, isDefinite] = names[Number(code)] ?? [`error-${String(code)}`, false];
  return {
    kind: isDefinite ? "fail" : "info",
    code: name,
    message: typeof text === "string" ? text : name,
  };
}
