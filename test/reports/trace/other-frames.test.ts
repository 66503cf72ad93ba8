import { expect, test } from "vitest";
import { otherFrame } from "../../../reports/trace/other-frames.ts";
import { describeFrame, type Message } from "../../../store/index.ts";

const state = { kind: "stamped", stamp: "0007-n1", value: null } as const;

/** Reads the text by which the store itself describes the message, so that a test fails if the store's texts change. */
const readFrom = (message: Partial<Message>): ReturnType<typeof otherFrame> => {
  const summary = describeFrame(message as Message);
  return summary?.frame === "other" ? otherFrame(summary.detail) : undefined;
};

test.each<[message: Partial<Message>, kind: string, op: number | undefined, label: string]>([
  [{ type: "stamp-get", trace: 3, key: "k: 0" }, "request", 3, "asks for the newest stamp of k: 0"],
  [
    { type: "stamp-got", trace: 3, key: "k: 0", stamp: "0007-n1" },
    "reply",
    3,
    "the newest stamp of k: 0 is that of v7",
  ],
  [{ type: "stamp-got", trace: 3, key: "k", stamp: null }, "reply", 3, "has no stamp of k"],
  [{ type: "forward-put", trace: 3 }, "request", 3, "passes the operation on"],
  [
    { type: "replica-refused", id: 9, key: "k" },
    "error",
    undefined,
    "refuses to store k: the disk is full",
  ],
  [{ type: "reap-told", holds: true, key: "k" }, "reply", undefined, "holds the tombstone of k"],
  [{ type: "reap", state, key: "k" }, "request", undefined, "the tombstone v7 of k may be dropped"],
])("the text of $type is read", (message, kind, op, label) => {
  const frame = readFrom(message);
  expect(frame).toMatchObject({ kind, ...(op !== undefined && { op }) });
  expect(frame?.label((name) => (name === "0007-n1" ? "v7" : name))).toBe(label);
});

test("a refusal names the request that it answers", () => {
  expect(readFrom({ type: "replica-refused", id: 9, key: "k" })?.refused).toEqual({
    request: 9,
    why: "the disk is full",
  });
});

test("other texts have no meaning", () => {
  expect(readFrom({ type: "inspect" })).toBeUndefined();
});
