import { expect, test } from "vitest";
import { measureLegs } from "../../../checkers/pbs/pbs-legs.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { type RunOverrides, Scenario } from "../support.ts";
import type { StoreCause } from "../../../checkers/index.ts";

/** A request. Its reply, if there is one, is sent at `leftMs` and arrives at `arrivedMs`. */
interface Message {
  readonly op: number;
  readonly request: number;
  readonly replica: string;
  readonly atMs: number;
  readonly leftMs?: number;
  readonly arrivedMs?: number;
  readonly cause?: StoreCause;
}

function ask(
  scenario: Scenario,
  f: "read" | "write",
  { op, request, replica, atMs, leftMs, arrivedMs, cause = "write" }: Message,
): void {
  const shared = { trace: op, request, key: "k0" } as const;
  scenario.frame(
    "sent",
    "n1",
    replica,
    atMs,
    f === "read"
      ? { frame: "replica-read", ...shared }
      : { frame: "replica-write", cause, versions: ["0001"], ...shared },
  );
  const reply =
    f === "read"
      ? ({ frame: "replica-read-ok", versions: [], ...shared } as const)
      : ({ frame: "replica-write-ok", ...shared } as const);
  if (leftMs !== undefined) scenario.frame("sent", replica, "n1", leftMs, reply);
  if (arrivedMs !== undefined) scenario.frame("received", "n1", replica, arrivedMs, reply);
}

const legsOf = (scenario: Scenario) => measureLegs(modelOf(scenario.events()));

test("the legs of a write and of a read, in microseconds, of each replica of the key", () => {
  const scenario = new Scenario();
  const write = scenario.write("v1", 0, 9);
  const read = scenario.read([], 20, 30);
  ask(scenario, "write", {
    op: write,
    request: 1,
    replica: "n1",
    atMs: 1,
    leftMs: 2,
    arrivedMs: 4,
  });
  ask(scenario, "write", {
    op: write,
    request: 2,
    replica: "n2",
    atMs: 1,
    leftMs: 6,
    arrivedMs: 13,
  });
  ask(scenario, "write", {
    op: write,
    request: 3,
    replica: "n4",
    atMs: 1,
    leftMs: 2,
    arrivedMs: 3,
  });
  ask(scenario, "write", {
    op: write,
    request: 4,
    replica: "n3",
    atMs: 14,
    leftMs: 15,
    arrivedMs: 16,
    cause: "handoff",
  });
  ask(scenario, "read", {
    op: read,
    request: 5,
    replica: "n2",
    atMs: 21,
    leftMs: 24,
    arrivedMs: 25,
  });
  ask(scenario, "read", { op: read, request: 6, replica: "n3", atMs: 22 });
  // The request to n3 is a handoff and does not count for the write. The read got no answer from n3 and did not ask n1.
  expect(legsOf(scenario)).toEqual({
    write: [1000, 5000, Infinity],
    ack: [2000, 7000],
    read: [Infinity, 3000, Infinity],
    response: [1000],
  });
});

test("an answer whose sending is not recorded tells nothing, and no operation without a request does", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 9);
  scenario.read([], 0, 9);
  expect(legsOf(scenario)).toEqual({ write: [], ack: [], read: [], response: [] });
  for (const replica of ["n1", "n2", "n3"])
    ask(scenario, "write", { op: 0, request: 1, replica, atMs: 1, arrivedMs: 4 });
  expect(legsOf(scenario)).toEqual({ write: [], ack: [], read: [], response: [] });
});

test("deletes are writes; the final phase's sweep is left out", () => {
  const scenario = new Scenario();
  scenario.delete("0001", 0, 9);
  scenario.read([], 20, 30, { final: true });
  for (const [i, replica] of ["n1", "n2", "n3"].entries()) {
    ask(scenario, "write", { op: 0, request: i, replica, atMs: 1, leftMs: 2, arrivedMs: 4 });
    ask(scenario, "read", { op: 1, request: i + 3, replica, atMs: 21, leftMs: 22, arrivedMs: 24 });
  }
  expect(legsOf(scenario)).toEqual({
    write: [1000, 1000, 1000],
    ack: [2000, 2000, 2000],
    read: [],
    response: [],
  });
});

test("a request that the slowest round could have outlasted until the final phase's restart is not called lost", () => {
  const lost = (endingMs: number, overrides: RunOverrides = {}): readonly number[] => {
    const scenario = new Scenario(overrides).phase("started", 0).phase("final-phase", endingMs);
    scenario.write("v1", 0, 9);
    ask(scenario, "write", {
      op: 0,
      request: 1,
      replica: "n1",
      atMs: 10,
      leftMs: 13,
      arrivedMs: 17,
    });
    ask(scenario, "write", {
      op: 0,
      request: 2,
      replica: "n2",
      atMs: 10,
      leftMs: 11,
      arrivedMs: 12,
    });
    return legsOf(scenario).write;
  };
  // The slowest message takes 7 ms. So a message sent at 10 ms counts as lost if the final phase begins after 17 ms.
  expect(lost(17.001)).toEqual([3000, 1000, Infinity]);
  expect(lost(17)).toEqual([3000, 1000]);
  expect(lost(17.001, { preference: {} })).toEqual([]);
});
