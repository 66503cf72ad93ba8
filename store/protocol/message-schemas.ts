/** A strict JSON Schema for each type of message. */
import { errors } from "./errors.ts";
import type { Message } from "./protocol.ts";
import { quorumNames } from "../placement/quorum.ts";
import { ringSteps } from "../placement/ring-state.ts";
import { longestKey } from "./requests.ts";
import { largestCounter } from "../versions/siblings.ts";

type Schema = Readonly<Record<string, unknown>>;

const optional = new Set([
  "trace",
  "r",
  "pr",
  "w",
  "pw",
  "dw",
  "synced",
  "context",
  "after",
  "hints",
  "ring",
  "leftovers",
  "problem",
  "under",
  "dead",
]);

const count: Schema = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const quorum: Schema = {
  if: { type: "string" },
  then: { enum: quorumNames },
  else: { type: "integer", minimum: 0, maximum: 1000 },
};
const only: Schema = { const: true };
// This bound only keeps frames small. The coordinator itself refuses empty and overlong keys with an error reply.
const anyKey: Schema = { type: "string", maxLength: longestKey * 4 };
const key: Schema = { type: "string", minLength: 1, maxLength: longestKey };
const text: Schema = { type: "string" };
const name: Schema = { type: "string", maxLength: 256 };
const value: Schema = { type: ["string", "null"] };
const hash: Schema = { type: "string", pattern: "^[0-9a-f]{16}$" };
const dot = "^n[0-9]{1,3}\\.[0-9]{1,15}:[1-9][0-9]{0,14}$";
const stamp = "^[0-9]{16}\\.n[0-9]\\.[0-9a-z]{6}\\.[0-9a-z]{6}$";
const actor = "^n[0-9]{1,3}\\.[0-9]{1,15}$";

const vector: Schema = {
  type: "object",
  propertyNames: { pattern: actor },
  additionalProperties: { ...count, minimum: 1, maximum: largestCounter },
};
const state: Schema = {
  type: "object",
  discriminator: { propertyName: "kind" },
  required: ["kind"],
  oneOf: [
    record({ kind: { const: "stamped" }, stamp: { type: "string", pattern: stamp }, value }),
    record({
      kind: { const: "siblings" },
      siblings: list(record({ dot: { type: "string", pattern: dot }, value })),
      context: vector,
    }),
  ],
};
const stateOrNull: Schema = { if: { type: "null" }, else: ref("state") };
const version: Schema = { type: "string", pattern: `${stamp}|${dot}` };
const code: Schema = { enum: Object.keys(errors) };

const member: Schema = record({ node: name, points: name });
const members: Schema = list(member);
const change: Schema = {
  type: "object",
  discriminator: { propertyName: "kind" },
  required: ["kind"],
  oneOf: [
    record({ kind: { const: "add" }, node: name }),
    record({ kind: { const: "remove" }, node: name, dead: only }),
    record({ kind: { const: "replace" }, node: name, by: name }),
    record({ kind: { const: "move" }, node: name }),
    record({ kind: { const: "resize" }, n: count, r: count, w: count }),
    record({ kind: { const: "give-up" } }),
    record({ kind: { const: "take-over" } }),
    record({ kind: { const: "dead" }, node: name }),
  ].map((one) =>
    "n" in (one.properties as object) ? { ...one, required: ["kind", "n", "r", "w"] } : one,
  ),
};
const shape = { members, n: count, r: count, w: count };
const shapeFields = ["members", "n", "r", "w"];
const ring: Schema = {
  ...record({
    ...shape,
    version: count,
    maker: text,
    under: {
      ...record({
        id: name,
        change: ref("change"),
        next: { ...record(shape), required: shapeFields },
        step: { enum: ringSteps },
        driver: name,
      }),
      required: ["id", "change", "next", "step", "driver"],
    },
    over: list(name),
    dead: list(name),
  }),
  required: [...shapeFields, "version", "maker", "over"],
};

const ringName: Schema = {
  ...record({ version: count, maker: text }),
  required: ["version", "maker"],
};

/** Schemas that others refer to by name (`ref`). The codec compiles each of them once, not once for each message. */
export const sharedSchemas = { state, change, ring, ringName } satisfies Readonly<
  Record<string, Schema>
>;

const got = message("got", { key, state: stateOrNull, context: text });
const stored = message("stored", { key, version, context: text });
const inspected = message("inspected", {
  entries: list(record({ key, state: ref("state") })),
  more: { type: "boolean" },
  hints: count,
  ring: ref("ring"),
  leftovers: count,
});
const error = message("error", { code, message: text });

/**
 * The schemas by type of message. They refer to `sharedSchemas` and to each other. `id` is the requester's number. In
 * the reply to a frame without a valid id, it is 0.
 */
export const messageSchemas: Readonly<Record<Message["type"], Schema>> = {
  get: message("get", { key: anyKey, r: quorum, pr: quorum }),
  put: message("put", { key: anyKey, value, w: quorum, pw: quorum, dw: quorum, context: text }),
  "version-put": message("version-put", { key: anyKey, value, context: text, synced: only }),
  versioned: message("versioned", { key, version, state: ref("state") }),
  inspect: message("inspect", { after: text }),
  got,
  stored,
  inspected,
  error,
  "ring-change": message("ring-change", { name, change: ref("change") }),
  "ring-told": {
    ...message("ring-told", { ring: ref("ring"), problem: text }),
    required: ["type", "id", "ring"],
  },
  "replica-put": request("replica-put", {
    trace: count,
    key,
    state: ref("state"),
    cause: { enum: ["write", "read-repair", "anti-entropy", "handoff", "stream"] },
    synced: only,
  }),
  "replica-get": request("replica-get", { trace: count, key }),
  "replica-digest": {
    ...request("replica-digest", { trace: count, key }),
    required: ["type", "id", "trace", "key"],
  },
  "hint-put": {
    ...request("hint-put", { trace: count, key, state: ref("state"), target: name, synced: only }),
    required: ["type", "id", "trace", "key", "state", "target"],
  },
  "stamp-get": {
    ...request("stamp-get", { trace: count, key }),
    required: ["type", "id", "trace", "key"],
  },
  "forward-put": {
    ...request("forward-put", {
      trace: count,
      key,
      value,
      w: quorum,
      pw: quorum,
      dw: quorum,
      context: text,
    }),
    required: ["type", "id", "trace", "key", "value"],
  },
  ping: request("ping", {}),
  "reap-ask": request("reap-ask", { key, state: ref("state") }),
  reap: request("reap", { key, state: ref("state") }),
  "range-compare": request("range-compare", { hashes: list(pair(name, hash)) }),
  "tree-compare": request("tree-compare", {
    range: name,
    level: count,
    hashes: list(pair(count, hash)),
  }),
  "leaf-compare": request("leaf-compare", {
    range: name,
    leaves: list(count),
    digests: list(pair(key, text)),
  }),
  "ring-tell": request("ring-tell", { shown: ref("ring"), done: { type: "boolean" } }),
  "ring-ack": message("ring-ack", { shown: ref("ring"), done: { type: "boolean" } }),
  "ring-refused": message("ring-refused", { trace: count, shown: ref("ring") }),
  "stream-ask": request("stream-ask", { after: key }),
  "stream-page": message("stream-page", {
    entries: list(record({ key, state: ref("state") })),
    more: { type: "boolean" },
  }),
  "stream-later": message("stream-later", {}),
  "replica-stored": message("replica-stored", { trace: count, key }),
  "replica-refused": message("replica-refused", { trace: count, key }),
  "replica-got": message("replica-got", { trace: count, key, state: stateOrNull }),
  "replica-digested": {
    ...record({
      type: { const: "replica-digested" },
      id: count,
      trace: count,
      key,
      versions: list(version),
      context: vector,
    }),
    required: ["type", "id", "trace", "key", "versions"],
  },
  "hint-stored": {
    ...message("hint-stored", { trace: count, key }),
    required: ["type", "id", "trace", "key"],
  },
  "stamp-got": {
    ...message("stamp-got", {
      trace: count,
      key,
      stamp: { if: { type: "null" }, else: { type: "string", pattern: stamp } },
    }),
    required: ["type", "id", "trace", "key", "stamp"],
  },
  forwarded: {
    ...message("forwarded", {
      trace: count,
      key,
      reply: {
        type: "object",
        discriminator: { propertyName: "type" },
        required: ["type"],
        oneOf: ["got", "stored", "inspected", "error"].map(ref),
      },
    }),
    required: ["type", "id", "trace", "key", "reply"],
  },
  pong: message("pong", {}),
  "reap-told": message("reap-told", { key, holds: { type: "boolean" } }),
  "ranges-differ": message("ranges-differ", { ranges: list(name) }),
  "tree-differs": message("tree-differs", { range: name, level: count, indices: list(count) }),
  "leaf-differs": message("leaf-differs", { range: name, wanted: list(key) }),
};

/** Refers to a shared schema, or to the schema of a type of message. */
function ref(name: string): Schema {
  return { $ref: name };
}

function message(type: string, fields: Readonly<Record<string, Schema>>): Schema {
  return record({ type: { const: type }, id: count, ...fields });
}

/** The schema of a peer's request. Its field `ring` is optional. */
function request(type: string, fields: Readonly<Record<string, Schema>>): Schema {
  return message(type, { ...fields, ring: ref("ringName") });
}

function record(properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties).filter((field) => !optional.has(field)),
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

function pair(first: Schema, second: Schema): Schema {
  return {
    type: "array",
    items: [first, second],
    minItems: 2,
    additionalItems: false,
    maxItems: 2,
  };
}
