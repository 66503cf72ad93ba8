/** Tests store files of Jepsen. The tests build them byte by byte, as described in jepsen.store.format. */
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { judgeForeign, readForeign } from "../../../checkers/index.ts";
import { FressianReader } from "../../../checkers/foreign/fressian.ts";
import { errorOf } from "./support.ts";

type Bytes = readonly number[];

const int = (value: number): Bytes => {
  if (value >= 0 && value < 64) return [value];
  const raw = Buffer.alloc(8);
  raw.writeBigInt64BE(BigInt(value));
  return [0xf8, ...raw];
};
const string = (text: string): Bytes => [
  0xe3,
  ...int(Buffer.byteLength(text)),
  ...Buffer.from(text),
];
const list = (items: readonly Bytes[]): Bytes => [0xec, ...int(items.length), ...items.flat()];
const keyword = (name: string): Bytes => [0xca, 0xf7, 0xcd, ...string(name)];
const map = (entries: Readonly<Record<string, Bytes>>): Bytes => [
  0xc0,
  ...list(Object.entries(entries).flatMap(([name, value]) => [keyword(name), value])),
];
const record = (tag: string, parts: readonly Bytes[]): Bytes => [
  0xef,
  ...string(tag),
  ...int(parts.length),
  ...parts.flat(),
];
const block32 = (...numbers: readonly number[]): Buffer => {
  const raw = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => raw.writeInt32BE(number, 4 * i));
  return raw;
};
const block64 = (number: number): Buffer => {
  const raw = Buffer.alloc(8);
  raw.writeBigInt64BE(BigInt(number));
  return raw;
};

/** The bytes of a file with these blocks, which are numbered from 1 on. */
function store(
  root: number,
  blocks: readonly (readonly [number, Uint8Array])[],
  version = 1,
): Buffer {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [block32(root)];
  let offset = 18;
  const add = (type: number, data: Uint8Array): number => {
    const header = Buffer.alloc(28);
    header.writeBigInt64BE(BigInt(28 + data.length));
    header.writeInt16BE(type, 12);
    header.writeUInt32BE(crc32(header, crc32(data)), 8);
    parts.push(header, Buffer.from(data));
    offset += 28 + data.length;
    return offset - 28 - data.length;
  };
  blocks.forEach(([type, data], i) => {
    entries.push(block32(i + 1), block64(add(type, data)));
  });
  const index = add(1, Buffer.concat(entries));
  return Buffer.concat([Buffer.from("JEPSEN"), block32(version), block64(index), ...parts]);
}

const operation = (index: number, process: number, type: string, f: string, value: Bytes): Bytes =>
  record("jepsen.history.Op", [
    int(index),
    int(1000 * index),
    keyword(type),
    int(process),
    keyword(f),
    value,
    [0xf7],
  ]);
const nil: Bytes = [0xf7];
const history = [
  operation(0, 0, "invoke", "write", int(7)),
  operation(1, 0, "ok", "write", int(7)),
  operation(2, 1, "invoke", "read", nil),
];
const good = [...history, operation(3, 1, "ok", "read", int(7))];
const bad = [...history, operation(3, 1, "ok", "read", int(8))];
const reference = record("block-ref", [int(1)]);
const bytes = (value: Bytes): Uint8Array => Uint8Array.from(value);

const asMaps = (operations: "good" | "bad"): Bytes =>
  list(
    [
      ["invoke", "write", int(7), 0],
      ["ok", "write", int(7), 0],
      ["invoke", "read", nil, 1],
      ["ok", "read", int(operations === "good" ? 7 : 8), 1],
    ].map(([type, f, value, process]) =>
      map({
        type: keyword(type as string),
        f: keyword(f as string),
        value: value as Bytes,
        process: int(process as number),
      }),
    ),
  );

describe("a store file", () => {
  test("of version 0 has its history in one block", () => {
    for (const [which, verdict] of [
      ["good", "valid"],
      ["bad", "invalid"],
    ] as const) {
      const blocks = [
        [2, bytes(asMaps(which))],
        [2, bytes(map({ name: string("test"), history: reference }))],
      ] as const;
      const file = store(2, blocks, 0);
      const { judgement, format, operations } = judgeForeign(readForeign(file));
      expect([judgement.verdict, format, operations]).toEqual([verdict, "jepsen-store", 2]);
    }
  });

  test("of version 1 has its history in chunks, and its test in a map of two parts", () => {
    const write = (operations: readonly Bytes[]): Buffer =>
      store(5, [
        [5, Buffer.concat([block64(4), block64(0), block32(2), block64(2), block32(3)])],
        [4, bytes(operations.slice(0, 2).flat())],
        [4, bytes(operations.slice(2).flat())],
        [3, Buffer.concat([block32(0), bytes(map({ history: reference }))])],
        [3, Buffer.concat([block32(4), bytes(map({ name: string("test") }))])],
      ]);
    expect(judgeForeign(readForeign(write(good))).judgement.verdict).toBe("valid");
    const { verdict, anomalies } = judgeForeign(readForeign(write(bad))).judgement;
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.explanation).toMatch(/read 8 by process 1 \(line 3\)/);
  });

  test("that is cut off, empty or goes in circles is an error that says so", () => {
    const file = store(2, [
      [2, bytes(asMaps("good"))],
      [2, bytes(map({ history: reference }))],
    ]);
    for (let size = 6; size < file.length; size += 7)
      expect(errorOf(() => readForeign(file.subarray(0, size))).code).toBe("bad-store");
    expect(errorOf(() => readForeign(store(0, []))).got).toMatch(/without a test/);
    expect(errorOf(() => readForeign(store(9, []))).got).toMatch(/block 9/);
    expect(errorOf(() => readForeign(store(1, [[2, bytes(map({}))]]))).got).toMatch(
      /without a history/,
    );
    const circle = store(2, [
      [5, Buffer.concat([block64(1), block64(0), block32(1)])],
      [2, bytes(map({ history: reference }))],
    ]);
    expect(errorOf(() => readForeign(circle)).got).toMatch(/circle/);
  });

  test("in which one byte is another is an error that names the block", () => {
    const file = store(2, [
      [2, bytes(asMaps("good"))],
      [2, bytes(map({ history: reference }))],
    ]);
    const firstBlock = 18;
    for (let at = firstBlock; at < file.length; at += 3) {
      const damaged = Buffer.from(file);
      damaged.writeUInt8(file.readUInt8(at) ^ 0x10, at);
      expect(errorOf(() => readForeign(damaged)).code, `byte ${at}`).toBe("bad-store");
    }
    const data = Buffer.from(file);
    data.writeUInt8(file.readUInt8(firstBlock + 40) ^ 1, firstBlock + 40);
    expect(errorOf(() => readForeign(data)).got).toMatch(
      /^a block at byte 18 with the checksum [0-9a-f]{8}, although its header says [0-9a-f]{8}$/,
    );
  });

  test("of a version that nobody knows is an error that names it", () => {
    const file = store(2, [[2, bytes(map({ history: list([]) }))]], 2);
    expect(errorOf(() => readForeign(file)).got).toBe(
      "version 2 of the format; only versions 0 to 1 are known",
    );
  });
});

describe("a value in Fressian", () => {
  test.each<[string, Bytes, string]>([
    ["small numbers", list([[0], [63], [0xff], [0x50, 200], [0x4f, 0]]), "[0 63 -1 200 -256]"],
    ["larger numbers", list([[0x69, 1, 2], [0x7e, 0, 0, 0, 0, 1, 0], int(-5)]), "[65794 256 -5]"],
    ["other atoms", list([[0xf5], [0xf6], nil, [0xfb], [0xfc]]), "[true false nil 0.0 1.0]"],
    ["a double", [0xfa, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"],
    ["short texts and lists", [0xe6, 0xdb, 97, 0xda], '["a" ""]'],
    ["texts in chunks", [0xe2, 2, 97, 98, 0xe3, 1, 99], '"abc"'],
    ["characters that are not ASCII", string("é€"), '"é€"'],
    ["names with a namespace", [0xca, ...string("a"), ...string("b")], ":a/b"],
    ["a set", record("persistent-hash-set", [list([int(1), int(2)])]), "#{1 2}"],
    ["an empty set", record("persistent-hash-set", [nil]), "#{}"],
    ["a tuple", record("map-entry", [int(1), int(2)]), "#jepsen.independent/tuple [1 2]"],
    ["a vector", record("vec", [list([int(1)])]), "[1]"],
    ["a large number", [0xc6, 0xd9, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], "18446744073709551616"],
    ["a cached value", list([keyword("a"), [0xca, 0xf7, 0x80]]), "[:a :a]"],
    [
      "a record met again",
      list([record("vec", [list([])]), [0xa0, ...list([int(3)])]]),
      "[[] [3]]",
    ],
    ["an open list", [0xed, 1, 2, 0xfd], "[1 2]"],
    ["something of an unknown kind", record("foo", [int(1)]), "#foo 1"],
  ])("%s", (_, value, edn) => {
    expect(new FressianReader(bytes(value)).read()).toBe(edn);
  });

  test("with an unknown code, an unknown reference or too many levels is an error", () => {
    expect(errorOf(() => new FressianReader(bytes([0xe0])).read()).got).toMatch(
      /block that ends inside/,
    );
    expect(errorOf(() => new FressianReader(bytes([0xcb])).read()).got).toMatch(/0xcb/);
    expect(errorOf(() => new FressianReader(bytes([0x85])).read()).got).toMatch(/cache/);
    expect(errorOf(() => new FressianReader(bytes([0xa3])).read()).got).toMatch(/record/);
    const deep = bytes(Array.from({ length: 2000 }, () => 0xe5));
    expect(errorOf(() => new FressianReader(deep).read()).got).toMatch(/deeper/);
  });
});
