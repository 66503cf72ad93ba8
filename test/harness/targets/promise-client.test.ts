import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { ClientSession } from "../../../harness/platforms/session.ts";
import {
  DefiniteError,
  type PromiseClient,
  promiseClients,
} from "../../../harness/targets/promise-client.ts";
import { perform, read, testReach, write } from "./reach.ts";

const sessionOf = (client: PromiseClient | (() => Promise<PromiseClient>)): ClientSession =>
  promiseClients(() => (typeof client === "function" ? client() : client))(testReach()).session(
    "c1",
    "n1",
  );

/** A port on which no program listens. */
const deadPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });

describe("a promise-based client", () => {
  it.each([
    ["a value", async () => "a", [{ value: "a" }]],
    ["null: the key is not there", async () => null, []],
    [
      "versions",
      async () => ({ versions: [{ version: "2", value: "b" }] }),
      [{ version: "2", value: "b" }],
    ],
  ])("reads %s", async (_, answer, versions) => {
    expect(await perform(sessionOf({ read: answer }), read(1))).toEqual({ kind: "ok", versions });
  });

  it("ends the run where a read returns nothing that a read can return", async () => {
    const failures: Error[] = [];
    const reach = { ...testReach(), fail: (error: Error) => void failures.push(error) };
    const forgotten = { read: async () => undefined } as unknown as PromiseClient;
    const session = promiseClients(() => forgotten)(reach).session("c1", "n1");
    expect(await perform(session, read(1))).toMatchObject({ kind: "fail" });
    expect(failures).toMatchObject([{ code: "client-answers-wrongly", got: "undefined" }]);
  });

  it("ends the run where the function that makes it returns nothing", async () => {
    const failures: Error[] = [];
    const reach = { ...testReach(), fail: (error: Error) => void failures.push(error) };
    const nothing = (() => {}) as unknown as () => PromiseClient;
    const session = promiseClients(nothing)(reach).session("c1", "n1");
    expect(await perform(session, write(1, "v1"))).toMatchObject({ kind: "fail" });
    expect(failures).toMatchObject([{ code: "client-missing", got: "undefined" }]);
  });

  it("writes what it was given, and is told by which request", async () => {
    const asked: unknown[] = [];
    const session = sessionOf({
      write: async (key, value, { op, levels, context }) => {
        asked.push([key, value, op, levels, context]);
      },
    });
    const request = { ...write(5, "v5"), levels: { w: "ALL" }, context: "seen" };
    expect(await perform(session, request)).toEqual({ kind: "ok", versions: [{ value: "v5" }] });
    expect(asked).toEqual([["k0", "v5", 5, { w: "ALL" }, "seen"]]);
  });

  it("tells definite errors from others; a read that fails changed nothing", async () => {
    const failing = (error: Error): PromiseClient => ({
      read: () => Promise.reject(error),
      write: () => Promise.reject(error),
    });
    expect(
      await perform(sessionOf(failing(new DefiniteError("read only", "refused"))), write(1, "v")),
    ).toEqual({ kind: "fail", code: "refused", message: "read only" });
    expect(await perform(sessionOf(failing(new Error("reset"))), write(2, "v"))).toEqual({
      kind: "info",
      code: "client-error",
      message: "reset",
    });
    expect(await perform(sessionOf(failing(new Error("reset"))), read(3))).toMatchObject({
      kind: "fail",
    });
  });

  it("takes a refused connection for certain: nothing was sent", async () => {
    const port = await deadPort();
    const session = sessionOf({
      write: async (_, value) =>
        void (await fetch(`http://127.0.0.1:${port}/`, { method: "PUT", body: value })),
    });
    expect(await perform(session, write(1, "v"))).toMatchObject({
      kind: "fail",
      code: "not-connected",
    });
  });

  it("that cannot be opened sent nothing, and is opened again for the next operation", async () => {
    let opened = 0;
    const session = sessionOf(async () => {
      if (++opened === 1) throw new Error("no route");
      return { read: async () => "a" };
    });
    expect(await perform(session, read(1))).toMatchObject({ kind: "fail", code: "not-connected" });
    expect(await perform(session, read(2))).toMatchObject({ kind: "ok" });
  });

  it("that is late is told to stop; its answer counts no more", async () => {
    let stopped = false;
    const session = sessionOf({
      write: (_, __, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            stopped = true;
            resolve();
          });
        }),
    });
    expect(await perform(session, write(1, "v"), 50)).toMatchObject({
      kind: "info",
      code: "client-timeout",
    });
    expect(stopped).toBe(true);
  });

  it("without an operation refuses it", async () => {
    expect(await perform(sessionOf({}), { op: 1, f: "add", key: "k0" })).toMatchObject({
      kind: "fail",
      code: "not-supported",
    });
  });

  it("offers operations of other workloads, by name", async () => {
    const session = sessionOf({
      operations: { add: async (key, { args }) => [key, args["n"] ?? 0] },
    });
    expect(await perform(session, { op: 1, f: "add", key: "k0", args: { n: 3 } })).toEqual({
      kind: "ok",
      result: ["k0", 3],
    });
  });
});
