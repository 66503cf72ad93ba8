/** Tests which failures of etcd's gateway are definite: only those of requests that were never proposed. */
import { describe, expect, it } from "vitest";
import { failureOf } from "../../../../harness/targets/etcd/gateway.ts";

const reply = (status: number, body: object | string): Parameters<typeof failureOf>[0] => ({
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("a failure of the gateway", () => {
  it.each([
    [3, "etcdserver: duplicate key given in txn request"],
    [8, "etcdserver: too many requests"],
  ])("with code %i and %s is definite", (code, message) => {
    expect(failureOf(reply(400, { code, message }))).toEqual({
      kind: "fail",
      code: `grpc-${code}`,
      message,
    });
  });

  // etcd may have applied the write before it answers so.
  it.each([
    [8, "etcdserver: mvcc: database space exceeded"],
    [8, "grpc: received message larger than max (5000000 vs. 4194304)"],
    [8, ""],
    [14, "etcdserver: request timed out"],
  ])("with code %i and %j is indeterminate", (code, message) => {
    expect(failureOf(reply(429, { code, message }))).toMatchObject({ kind: "info" });
  });

  it("without a code is told by its status", () => {
    expect(failureOf(reply(404, "404 page not found"))).toMatchObject({ kind: "fail" });
    expect(failureOf(reply(502, "bad gateway"))).toMatchObject({ kind: "info" });
  });
});
