import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import {
  restampedFrom,
  valuesAsHeld,
  versionAndOwner,
  versionsByWriter,
} from "../../../checkers/messages/version-messages.ts";
import { of, Scenario, tombstone } from "../support.ts";
import type { Model } from "../../../checkers/model/model.ts";
import type { VersionName } from "../../../checkers/index.ts";

const named = (scenario: Scenario, ...versions: readonly VersionName[]): string =>
  versionsByWriter(modelOf(scenario.events()), "k0", versions);

/** Write 0 writes v1, and delete 1 deletes the key. */
const two = (overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario => {
  const scenario = new Scenario(overrides);
  scenario.write("v1", 0, 1);
  scenario.delete("0002", 0, 1);
  return scenario;
};

describe("a version, by the operation that it was given to", () => {
  test("a write, a deletion, and none", () => {
    expect(named(two())).toBe("nothing");
    expect(named(two(), "0001", "0002", "0003")).toBe(
      "v1 (write 0), a deletion (delete 1), the version 0003 (made for no operation)",
    );
  });

  test("what was not acknowledged may have been given one that nobody heard of", () => {
    for (const outcome of ["info", "fail", "open"] as const) {
      const scenario = two();
      scenario.write("v5", 0, 1, { outcome });
      expect(named(scenario, "0003")).toBe("the version 0003 (made for no acknowledged operation)");
    }
  });

  test("one that nobody was given, with the value that was seen under it", () => {
    const scenario = two();
    scenario.read([of("v1", "0003")], 2, 3);
    scenario.inspect("final", 9, "n1", [tombstone("0004")]);
    expect(named(scenario, "0003", "0004")).toBe(
      "v1 under the version 0003 (made for no operation), a deletion under the version 0004 (made for no operation)",
    );
  });

  test("a second version that was made for a write", () => {
    const scenario = two();
    const request = { frame: "replica-write", trace: 0, request: 0, key: "k0" } as const;
    scenario.frame("sent", "n1", "n2", 0.5, { ...request, cause: "write", versions: ["0003"] });
    scenario.frame("sent", "n1", "n2", 0.5, {
      ...request,
      cause: "write",
      versions: ["0004", "0005"],
    });
    scenario.frame("sent", "n1", "n2", 0.5, {
      ...request,
      cause: "read-repair",
      versions: ["0006"],
    });
    expect(named(scenario, "0003", "0004", "0006")).toBe(
      "the version 0003 (made for write 0 (v1) by n1 at 0.5 ms), the version 0004 (made for no operation), the version 0006 (made for no operation)",
    );
  });

  // Found with two nodes that shared one actor: the explanation said that a node had answered with a deletion, although
  // it held a value under the same dot.
  test("of one that stands for two values it is not said which was meant", () => {
    const read = two({ versions: "siblings", stamps: "none" });
    read.read([of("v9", "0002")], 2, 3);
    expect(named(read, "0001", "0002")).toBe(
      "v1 (write 0), the version 0002, which was seen with a deletion and with v9",
    );
    const inspected = two();
    inspected.inspect("poll", 2, "n2", [of("v7", "0001")]);
    expect(named(inspected, "0001")).toBe("the version 0001, which was seen with v1 and with v7");
    const twice = new Scenario({ versions: "siblings", stamps: "none" });
    twice.write("v1", 0, 1, { version: "a:1" });
    twice.write("v2", 2, 3, { version: "a:1" });
    expect(named(twice, "a:1")).toBe("the version a:1, which was seen with v1 and with v2");
  });
});

describe("a value that a replica holds", () => {
  const model = (): Model => {
    const scenario = two();
    scenario.write("v5", 0, 1, { outcome: "info" });
    return modelOf(scenario.events());
  };

  test("under its own version, or one that is not known to be another's, is named with who wrote it, if that is known", () => {
    expect(valuesAsHeld(model(), "k0", [])).toBe("nothing");
    expect(
      valuesAsHeld(model(), "k0", [
        of("v1"),
        tombstone("0002"),
        tombstone("0009"),
        of("v5", "0006"),
        of("v8", "0007"),
      ]),
    ).toBe("v1 (write 0), a deletion (delete 1), a deletion, v5 (write 2), v8");
  });

  test("under another's, or nobody's, says so", () => {
    expect(valuesAsHeld(model(), "k0", [of("v1", "0002")])).toBe(
      "v1 of write 0 under the version 0002 (made for delete 1)",
    );
    expect(valuesAsHeld(model(), "k0", [of("v1", "0003")])).toBe(
      "v1 of write 0 under the version 0003 (made for no acknowledged operation)",
    );
    expect([
      restampedFrom(model(), "k0", of("v1", "0003"))?.op,
      restampedFrom(model(), "k0", of("v1")),
    ]).toEqual([0, undefined]);
    expect(versionAndOwner(model(), "k0", "0001")).toBe("the version 0001 (made for write 0)");
  });
});
