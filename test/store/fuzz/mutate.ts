/**
 * Frames that are valid messages, or almost: messages that are changed as text, as JSON, or at the bounds of their
 * schema.
 */
import fc from "fast-check";
import { messages } from "../messages.ts";

/**
 * The message to change, the kind of change and its place, all as plain numbers. So fast-check can shrink a frame that
 * fails.
 */
export interface Change {
  readonly base: number;
  readonly kind: number;
  readonly at: number;
  readonly other: number;
}

export const change: fc.Arbitrary<Change> = fc.record({
  base: fc.nat(10_000),
  kind: fc.nat(11),
  at: fc.nat(100_000),
  other: fc.nat(100_000),
});

const corpus = messages.map((message) => JSON.stringify(message));
const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e300,
  Number.MAX_SAFE_INTEGER,
  "",
  "k",
  "\u0000",
  "\ud800",
  "__proto__",
  "constructor",
  "n1",
  "n999",
  "x".repeat(300),
  [],
  {},
  [[]],
  { "": 1 },
  "n1.1:999999999999999",
  "9999999999999999.n1.000001.00000a",
  999_999_999_999_999,
];
const pieces = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "1e999",
  "-",
  "\\u0000",
  "\\ud800",
  "\u2028",
  '"id":1',
  '"type":"put"',
  "\n",
  "\u0000",
];

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

export function frameOf({ base, kind, at, other }: Change): string {
  const text = pick(corpus, base);
  const place = at % text.length;
  const length = 1 + (other % 9);
  switch (kind) {
    case 0:
    case 1:
      return text;
    case 2:
      return text.slice(0, place) + String.fromCharCode(other % 128) + text.slice(place + 1);
    case 3:
      return text.slice(0, place) + text.slice(place + length);
    case 4:
      return text.slice(0, place) + text.slice(place, place + length) + text.slice(place);
    case 5:
      return text.slice(0, place) + pick(pieces, other) + text.slice(place);
    case 6:
      return JSON.stringify(changed(text, at, () => pick(odd, other)));
    case 7:
      return JSON.stringify(
        changed(text, at, () => pick(nodesOf(JSON.parse(pick(corpus, other))), at).value),
      );
    case 8:
      return JSON.stringify({
        ...(JSON.parse(text) as object),
        [pick(["extra", "type", "id", "key", "r", "w", "context", "value", "after"], at)]: pick(
          odd,
          other,
        ),
      });
    case 9:
      return JSON.stringify(changed(text, at, stretched(other)));
    case 10:
      return JSON.stringify(
        changed(text, at, (value) => Array.from({ length: other % 200 }, () => value)),
      );
    default:
      return "[".repeat(other % 5000) + text;
  }
}

interface Node {
  readonly value: unknown;
  readonly parent: Record<string, unknown> | null;
  readonly name: string;
}

function nodesOf(root: unknown): readonly Node[] {
  const nodes: Node[] = [];
  const walk = (value: unknown, parent: Node["parent"], name: string): void => {
    nodes.push({ value, parent, name });
    if (typeof value === "object" && value !== null)
      for (const [each, inner] of Object.entries(value))
        walk(inner, value as Record<string, unknown>, each);
  };
  walk(root, null, "");
  return nodes;
}

function changed(text: string, at: number, to: (value: unknown) => unknown): unknown {
  const root: unknown = JSON.parse(text);
  const { value, parent, name } = pick(nodesOf(root), at);
  if (parent === null) return to(value);
  parent[name] = to(value);
  return root;
}

/** Changes a value so that it may exceed the bounds of its schema. */
const stretched =
  (by: number) =>
  (value: unknown): unknown => {
    if (typeof value === "number") return value + pick([1, -1, 0.5, 1e15, -1e15, 1e3], by);
    if (typeof value === "string")
      return pick([value.repeat(by % 400), value.slice(1), `${value}0`, value.toUpperCase()], by);
    return value;
  };
