import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, describeFrame, describeRecord, encode, validate } from "../../../store/index.ts";
import type { Message } from "../../../store/index.ts";
import { messageSchemas, sharedSchemas } from "../../../store/protocol/message-schemas.ts";
import { messages, siblings, stamp, stamped } from "../messages.ts";

const frameBytes = 1 << 20;
/** Those of the examples' types that exist only for a client's operation, and so always have a trace. */
const traced = new Set<Message["type"]>([
  "forward-put",
  "forwarded",
  "stamp-get",
  "stamp-got",
  "hint-put",
  "hint-stored",
]);

describe("frames", () => {
  test("have schemas that are schemas: the codec does not check them again", () => {
    const ajv = new Ajv({ strict: false, discriminator: true });
    for (const [type, schema] of Object.entries({ ...sharedSchemas, ...messageSchemas }))
      expect(ajv.validateSchema(schema), `${type}: ${ajv.errorsText()}`).toBe(true);
  });

  // The first frame of a type compiles its schema with all that the schema refers to.
  test.each(Object.keys(messageSchemas))("%s without an id is refused as a bad message", (type) => {
    expect(decode(JSON.stringify({ type }), frameBytes)).toMatchObject({
      ok: false,
      why: `expected a message of the protocol, got one with a bad ${type}: must have required property 'id'`,
    });
  });

  test.each(["state", "change", "ring"])("%s, a part of messages, is an unknown type", (type) => {
    expect(decode(JSON.stringify({ type, id: 1 }), frameBytes)).toMatchObject({
      ok: false,
      why: `expected a message of the protocol, got one with the unknown type "${type}"`,
    });
  });

  test.each(messages)("$type goes there and back", (message) => {
    expect(validate(message)).toBeNull();
    expect(decode(encode(message), frameBytes)).toEqual({ ok: true, message });
  });

  test.each(messages)(
    "$type with an unknown field, without any of its fields, or of the wrong kind is refused",
    (message) => {
      expect(decode(JSON.stringify({ ...message, extra: 1 }), frameBytes)).toMatchObject({
        ok: false,
      });
      const optional = new Set([
        "r",
        "w",
        "context",
        "after",
        "hints",
        ...(traced.has(message.type) ? [] : ["trace"]),
      ]);
      for (const field of Object.keys(message)) {
        const { [field]: _, ...rest } = message as unknown as Record<string, unknown>;
        expect(decode(JSON.stringify(rest), frameBytes).ok, `without ${field}`).toBe(
          optional.has(field),
        );
        expect(
          decode(JSON.stringify({ ...rest, [field]: { odd: true } }), frameBytes).ok,
          `with an odd ${field}`,
        ).toBe(false);
      }
    },
  );

  test.each([
    ["nothing", ""],
    ["half of a frame", encode({ type: "get", id: 1, key: "k" }).slice(0, -3)],
    ["no object", "3"],
    ["null", "null"],
    ["an unknown type", '{"type":"shout","id":1}'],
    ["a type out of Object's prototype", '{"type":"constructor","id":1}'],
    ["a negative id", '{"type":"get","id":-1,"key":"k"}'],
    ["a fraction", '{"type":"get","id":1.5,"key":"k"}'],
    [
      "a stamp of another width",
      '{"type":"replica-put","id":1,"key":"k","cause":"write","state":{"kind":"stamped","stamp":"1.n1.1.1","value":"v"}}',
    ],
    [
      "a context with a name out of Object's prototype",
      '{"type":"replica-put","id":1,"key":"k","cause":"write","state":{"kind":"siblings","siblings":[],"context":{"__proto__":1}}}',
    ],
    [
      "an unknown cause",
      '{"type":"replica-put","id":1,"key":"k","cause":"whim","state":{"kind":"stamped","stamp":"' +
        stamp +
        '","value":"v"}}',
    ],
    [
      "a reply that is no client's",
      '{"type":"forwarded","id":1,"trace":1,"key":"k","reply":{"type":"pong","id":1}}',
    ],
  ])("%s is refused with a reason", (_, text) => {
    const decoded = decode(text, frameBytes);
    expect(decoded.ok).toBe(false);
    expect(decoded.ok ? "" : decoded.why).toMatch(/^expected /);
  });

  test("whatever comes, decode does not throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => void decode(text, frameBytes)),
    );
  });

  test("the limit counts bytes, not characters", () => {
    const text = encode({ type: "put", id: 1, key: "k", value: "ü".repeat(100) });
    expect(decode(text, Buffer.byteLength(text)).ok).toBe(true);
    expect(decode(text, Buffer.byteLength(text) - 1).ok).toBe(false);
  });

  test("what is no message is not sent", () => {
    expect(() => encode({ type: "get", id: 1 } as unknown as Message)).toThrow(TypeError);
  });
});

describe("evidence", () => {
  test("only what keeps links alive is left out", () => {
    for (const message of messages)
      expect(describeFrame(message) === null, message.type).toBe(
        message.type === "ping" || message.type === "pong",
      );
  });

  test("a replica's write shows versions, cause and context; replies pair with requests", () => {
    expect(
      describeFrame({
        type: "replica-put",
        id: 16,
        trace: 7,
        key: "k",
        state: stamped,
        cause: "write",
      }),
    ).toEqual({
      frame: "replica-write",
      trace: 7,
      request: 16,
      cause: "write",
      key: "k",
      versions: [stamp],
    });
    expect(
      describeFrame({
        type: "replica-put",
        id: 16,
        key: "k",
        state: siblings,
        cause: "anti-entropy",
      }),
    ).toEqual({
      frame: "replica-write",
      request: 16,
      cause: "anti-entropy",
      key: "k",
      versions: ["n1.1:2", "n2.1:1"],
      context: siblings.context,
    });
    expect(describeFrame({ type: "replica-stored", id: 16, trace: 7, key: "k" })).toEqual({
      frame: "replica-write-ok",
      trace: 7,
      request: 16,
      key: "k",
    });
    expect(describeFrame({ type: "replica-got", id: 17, trace: 8, key: "k", state: null })).toEqual(
      { frame: "replica-read-ok", trace: 8, request: 17, key: "k", versions: [] },
    );
    expect(describeFrame({ type: "got", id: 8, key: "k", state: siblings, context: "" })).toEqual({
      frame: "client-read-ok",
      trace: 8,
      key: "k",
      versions: ["n1.1:2", "n2.1:1"],
      context: siblings.context,
    });
    expect(describeFrame({ type: "put", id: 7, key: "k", value: "v", w: 1 })).toEqual({
      frame: "client-write",
      trace: 7,
      key: "k",
      w: 1,
    });
    expect(describeRecord({ key: "k", state: stamped })).toEqual({ key: "k", versions: [stamp] });
    expect(describeRecord({ key: "k", state: siblings })).toEqual({
      key: "k",
      versions: ["n1.1:2", "n2.1:1"],
      context: siblings.context,
    });
  });
});
