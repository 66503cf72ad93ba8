import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../store/index.ts";
import { profileNames, profiles, promises } from "../../../../harness/targets/bundled/index.ts";
import type { Effect } from "../../../../generators/index.ts";

const facts = {
  workload: "register",
  requests: [{ f: "read" }, { f: "write" }],
  effects: [],
  keys: ["k0"],
};

describe("profiles", () => {
  test.each(profileNames)("%s is a cluster that can run", (name) => {
    const { settings, deviations } = profiles[name];
    expect(parseSettings(settings)).toEqual(settings);
    expect(deviations.every((sentence) => sentence.length > 20)).toBe(true);
  });

  // Under client routing, a client waits for a paused master as for any replica. So availability is promised only with
  // a coordinator.
  test.each(profileNames.filter((name) => profiles[name].settings.routing === "coordinator"))(
    "%s is available where the world is simulated and requests have the time",
    (name) => {
      const { settings } = profiles[name];
      expect(promises(settings, { ...facts, simulated: true }).guarantees).toContain("available");
      expect(
        promises({ ...settings, requestTimeoutMs: 499 }, { ...facts, simulated: true }).guarantees,
      ).not.toContain("available");
      expect(promises(settings, facts).guarantees).not.toContain("available");
    },
  );

  test("strict promises the most: all levels of the register, all sessions", () => {
    expect(promises(profiles.strict.settings, facts).guarantees).toEqual(
      expect.arrayContaining([
        "linearizable",
        "read-your-writes",
        "monotonic-reads",
        "monotonic-writes",
        "writes-follow-reads",
        "durable",
        "converged",
        "no-resurrection",
      ]),
    );
  });

  test("cassandra: the last write wins under majorities, and a power loss on W replicas may lose what their logs have not synced", () => {
    const of = (...effects: readonly Effect[]) =>
      promises(profiles.cassandra.settings, { ...facts, effects }).guarantees;
    const apart: Effect = { effect: "apart", from: 0, to: 1 };
    const powerLosses = [0, 1, 2, 3, 4].map((node): Effect => ({
      effect: "data-lost",
      node,
      synced: false,
    }));
    expect(of(apart)).toEqual(
      expect.arrayContaining([
        "durable",
        "regular-stamped",
        "read-your-writes",
        "monotonic-reads",
        "converged",
      ]),
    );
    expect(of(apart)).not.toContain("regular");
    for (const name of ["durable", "regular-stamped", "no-resurrection"] as const) {
      expect(of({ effect: "node-down", node: 0 })).toContain(name);
      expect(of(...powerLosses)).not.toContain(name);
    }
  });

  test.each(["dynamo", "riak"] as const)("%s: sloppy, with siblings", (name) => {
    const { guarantees } = promises(profiles[name].settings, facts);
    expect(guarantees).toEqual(
      expect.arrayContaining([
        "acknowledged",
        "durable",
        "converged",
        "siblings-1",
        "siblings-3",
        "siblings-7",
      ]),
    );
    for (const strict of ["siblings-2", "read-your-writes", "no-resurrection"] as const)
      expect(guarantees).not.toContain(strict);
  });
});
