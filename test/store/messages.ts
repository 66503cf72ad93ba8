/** Examples of messages of most types. */
import type { Message, SiblingState, State } from "../../store/index.ts";

export const stamp = "1700000000000000.n1.000001.00000a";
export const stamped: State = { kind: "stamped", stamp, value: "v" };
export const tombstone: State = { kind: "stamped", stamp, value: null };
export const siblings: SiblingState = {
  kind: "siblings",
  siblings: [
    { dot: "n1.1:2", value: "a" },
    { dot: "n2.1:1", value: null },
  ],
  context: { "n1.1": 2, "n2.1": 1 },
};
export const hash = "0123456789abcdef";

/** Examples of messages of most types, some of them with and without their optional fields. */
export const messages: readonly Message[] = [
  { type: "get", id: 1, key: "k" },
  { type: "get", id: 1, key: "k", r: 2 },
  { type: "put", id: 1, key: "k", value: "v" },
  { type: "put", id: 1, key: "k", value: null, w: 1, context: "n1.1:2" },
  { type: "inspect", id: 1 },
  { type: "inspect", id: 1, after: "k" },
  { type: "got", id: 1, key: "k", state: null },
  { type: "got", id: 1, key: "k", state: tombstone },
  { type: "got", id: 1, key: "k", state: siblings, context: "n1.1:2,n2.1:1" },
  { type: "stored", id: 1, key: "k", version: stamp },
  { type: "stored", id: 1, key: "k", version: "n1.1:2", context: "n1.1:2" },
  { type: "inspected", id: 1, entries: [{ key: "k", state: stamped }], more: false },
  { type: "error", id: 0, code: "timeout", message: "too late" },
  { type: "replica-put", id: 16, trace: 1, key: "k", state: stamped, cause: "write" },
  { type: "replica-put", id: 16, key: "k", state: siblings, cause: "anti-entropy" },
  { type: "replica-get", id: 16, trace: 1, key: "k" },
  { type: "inspected", id: 1, entries: [], more: false, hints: 3 },
  { type: "hint-put", id: 16, trace: 1, key: "k", state: stamped, target: "n2" },
  { type: "hint-stored", id: 16, trace: 1, key: "k" },
  { type: "stamp-get", id: 16, trace: 1, key: "k" },
  { type: "stamp-got", id: 16, trace: 1, key: "k", stamp },
  { type: "stamp-got", id: 16, trace: 1, key: "k", stamp: null },
  { type: "forward-put", id: 16, trace: 1, key: "k", value: "v", w: 2, context: "" },
  { type: "reap-ask", id: 16, key: "k", state: tombstone },
  { type: "reap", id: 16, key: "k", state: tombstone },
  { type: "reap-told", id: 16, key: "k", holds: true },
  { type: "ping", id: 1 },
  { type: "range-compare", id: 16, hashes: [["n1+n2+n3", hash]] },
  { type: "tree-compare", id: 16, range: "n1+n2+n3", level: 1, hashes: [[0, hash]] },
  { type: "leaf-compare", id: 16, range: "n1+n2+n3", leaves: [1], digests: [["k", stamp]] },
  { type: "replica-stored", id: 16, trace: 1, key: "k" },
  { type: "replica-stored", id: 16, key: "k" },
  { type: "replica-got", id: 16, trace: 1, key: "k", state: null },
  { type: "replica-got", id: 16, trace: 1, key: "k", state: siblings },
  {
    type: "forwarded",
    id: 16,
    trace: 1,
    key: "k",
    reply: { type: "stored", id: 1, key: "k", version: "n1.1:2" },
  },
  { type: "pong", id: 1 },
  { type: "ranges-differ", id: 16, ranges: ["n1+n2+n3"] },
  { type: "tree-differs", id: 16, range: "n1+n2+n3", level: 2, indices: [255] },
  { type: "leaf-differs", id: 16, range: "n1+n2+n3", wanted: ["k"] },
];
