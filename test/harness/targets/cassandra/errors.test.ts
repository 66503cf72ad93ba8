import { describe, expect, it } from "vitest";
import cassandra from "cassandra-driver";
import { type Effect, outcomeOf } from "../../../../harness/targets/cassandra/errors.ts";

const { errors, types } = cassandra;
const { responseErrorCodes: codes, consistencies } = types;

const response = (code: number, level?: number): Error =>
  Object.assign(new errors.ResponseError(code, "said"), { consistencies: level });
const socketError = (requestNotWritten: boolean): Error =>
  Object.assign(new Error("Socket was closed"), { isSocketError: true, requestNotWritten });

describe("outcomeOf", () => {
  it.each<[string, Error, Effect, "fail" | "info"]>([
    ["unavailable", response(codes.unavailableException), "writes", "fail"],
    ["write-timeout", response(codes.writeTimeout), "writes", "info"],
    ["write-failure", response(codes.writeFailure), "writes", "info"],
    ["cas-write-unknown", response(0x1700), "conditional", "info"],
    ["overloaded", response(codes.overloaded), "writes", "info"],
    ["server-error", response(codes.serverError), "writes", "info"],
    ["bootstrapping", response(codes.isBootstrapping), "writes", "fail"],
    ["invalid", response(codes.invalid), "conditional", "fail"],
    ["client-timeout", new errors.OperationTimedOutError("late", "h"), "writes", "info"],
    ["not-connected", new errors.NoHostAvailableError({}, "none"), "writes", "fail"],
    ["connection-lost", socketError(false), "writes", "info"],
    ["not-sent", socketError(true), "writes", "fail"],
    ["client-error", new TypeError("something else"), "writes", "info"],
  ])("takes %s for what it tells of a write", (code, error, effect, kind) => {
    expect(outcomeOf(error, effect)).toMatchObject({ kind, code });
  });

  it("takes no failed read for a change", () => {
    for (const code of [codes.readTimeout, codes.readFailure, codes.serverError])
      expect(outcomeOf(response(code), "reads").kind).toBe("fail");
  });

  it("knows that a transaction may be decided when its commit finds too few replicas", () => {
    const { serial, localSerial, quorum } = consistencies;
    const kindAt = (level: number): string =>
      outcomeOf(response(codes.unavailableException, level), "conditional").kind;
    expect([serial, localSerial, quorum].map(kindAt)).toEqual(["fail", "fail", "info"]);
  });
});
