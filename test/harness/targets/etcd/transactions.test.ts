import { describe, expect, test } from "vitest";
import type { Json } from "../../../../checkers/index.ts";
import { type Answer, decoded, encoded } from "../../../../harness/targets/etcd/gateway.ts";
import { type ListStep, runTransaction } from "../../../../harness/targets/etcd/transactions.ts";
import type { NotOk, Outcome } from "../../../../harness/targets/software/outcome.ts";

interface Body {
  readonly compare?: readonly { readonly key: string; readonly mod_revision: string }[];
  readonly success: readonly {
    readonly request_range?: { readonly key: string; readonly serializable: boolean };
    readonly request_put?: { readonly key: string; readonly value: string };
  }[];
}

/**
 * An etcd in memory that knows transactions. Calls `before` before each call. If it returns an outcome, that is the
 * answer.
 */
class Memory {
  readonly bodies: Body[] = [];
  readonly #values = new Map<string, { readonly value: string; readonly revision: number }>();
  readonly #before: (call: number, memory: Memory) => NotOk | undefined;
  #revision = 1;

  constructor(before: (call: number, memory: Memory) => NotOk | undefined = () => undefined) {
    this.#before = before;
  }

  put(key: string, text: string): void {
    this.#values.set(encoded(key), { value: encoded(text), revision: ++this.#revision });
  }

  list(key: string): unknown {
    const held = this.#values.get(encoded(key));
    return held === undefined ? undefined : JSON.parse(decoded(held.value));
  }

  async call(_: string, asked: object): Promise<Answer | NotOk> {
    const body = asked as Body;
    this.bodies.push(body);
    const instead = this.#before(this.bodies.length, this);
    if (instead !== undefined) return instead;
    const holds = (body.compare ?? []).every(
      ({ key, mod_revision }) => String(this.#values.get(key)?.revision ?? 0) === mod_revision,
    );
    // etcd's gateway leaves out fields that are false, so a transaction that did not succeed has an empty answer.
    if (!holds) return {};
    this.#revision++;
    const puts = body.success.flatMap(({ request_put }) => request_put ?? []);
    if (new Set(puts.map(({ key }) => key)).size < puts.length)
      return { kind: "fail", code: "grpc-3", message: "duplicate key given in txn request" };
    for (const { key, value } of puts) this.#values.set(key, { value, revision: this.#revision });
    const responses = body.success.map(({ request_range }) => {
      const held = this.#values.get(request_range?.key ?? "");
      return held === undefined
        ? {}
        : {
            response_range: {
              kvs: [{ key: "", value: held.value, mod_revision: String(held.revision) }],
            },
          };
    });
    return { succeeded: true, responses };
  }
}

const run = (
  memory: Memory,
  steps: readonly ListStep[],
  { timeoutMs = 1_000, serializable = false } = {},
): Promise<Outcome> =>
  runTransaction(
    { call: (path, body) => memory.call(path, body) },
    { steps, serializable, timeoutMs, nameOf: (key) => encoded(`h/${key}`) },
  );

const info: NotOk = { kind: "info", code: "client-timeout", message: "no reply" };

describe("a transaction over lists in etcd", () => {
  test("reads what it appended itself, and writes each list once", async () => {
    const memory = new Memory();
    memory.put("h/1", "[7]");
    const outcome = await run(memory, [
      ["r", 1, null],
      ["append", 1, 8],
      ["append", 2, 9],
      ["append", 1, 10],
      ["r", 1, null],
      ["r", 3, null],
    ]);
    expect(outcome).toEqual({
      kind: "ok",
      result: [
        ["r", 1, [7]],
        ["append", 1, 8],
        ["append", 2, 9],
        ["append", 1, 10],
        ["r", 1, [7, 8, 10]],
        ["r", 3, []],
      ] satisfies Json,
    });
    expect(memory.list("h/1")).toEqual([7, 8, 10]);
    expect(memory.list("h/2")).toEqual([9]);
  });

  test("that only reads is one transaction of etcd", async () => {
    const memory = new Memory();
    memory.put("h/1", "[7]");
    expect(await run(memory, [["r", 1, null]])).toEqual({ kind: "ok", result: [["r", 1, [7]]] });
    expect(memory.bodies).toHaveLength(1);
  });

  test("depends on what it only read, and is tried again where that has changed", async () => {
    const memory = new Memory((call, held) => {
      if (call === 2) held.put("h/1", "[7]");
      return undefined;
    });
    expect(
      await run(memory, [
        ["r", 1, null],
        ["append", 2, 5],
      ]),
    ).toEqual({
      kind: "ok",
      result: [
        ["r", 1, [7]],
        ["append", 2, 5],
      ],
    });
    expect(memory.bodies).toHaveLength(4);
    expect(memory.list("h/2")).toEqual([5]);
  });

  test("fails where others were first until its time is over, and has written nothing", async () => {
    const memory = new Memory((call, held) => {
      if (call % 2 === 0) held.put("h/2", `[${call}]`);
      return undefined;
    });
    const outcome = await run(memory, [["append", 2, 999]], { timeoutMs: 0 });
    expect(outcome).toMatchObject({ kind: "fail", code: "conflict" });
    expect(memory.list("h/2")).toEqual([2]);
  });

  test("of which the first half is not answered has certainly written nothing", async () => {
    const outcome = await run(new Memory(() => info), [["append", 1, 5]]);
    expect(outcome).toMatchObject({ kind: "fail", code: "client-timeout" });
  });

  test("of which the second half is not answered may have written", async () => {
    const memory = new Memory((call) => (call === 2 ? info : undefined));
    expect(await run(memory, [["append", 1, 5]])).toEqual(info);
  });

  test("shows a value that is no list as an element that nobody appended", async () => {
    const memory = new Memory();
    memory.put("h/1", "{not json");
    memory.put("h/2", "3");
    const steps: readonly ListStep[] = [
      ["r", 1, null],
      ["r", 2, null],
    ];
    expect(await run(memory, steps)).toEqual({
      kind: "ok",
      result: [
        ["r", 1, ["{not json"]],
        ["r", 2, [3]],
      ],
    });
  });

  test.each([true, false])(
    "asks the node alone where reads are serializable: %s",
    async (alone) => {
      const memory = new Memory();
      await run(memory, [["append", 1, 5]], { serializable: alone });
      expect(memory.bodies[0]?.success[0]?.request_range?.serializable).toBe(alone);
    },
  );
});
