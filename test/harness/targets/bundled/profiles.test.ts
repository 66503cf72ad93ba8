import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../../store/index.ts";
import { profileNames, profiles, promises } from "../../../../harness/targets/bundled/index.ts";

const facts = {
  requests: [{ f: "read" }, { f: "write" }],
  faultKinds: ["partition", "kill", "pause"],
  keys: ["k0"],
};

describe("profiles", () => {
  test.each(profileNames)("%s is a cluster that can run", (name) => {
    const { settings, deviations } = profiles[name];
    expect(parseSettings(settings)).toEqual(settings);
    expect(deviations.every((sentence) => sentence.length > 20)).toBe(true);
  });

  // Clients that route wait for a paused master as for any replica: nothing is promised there.
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
    const of = (faultKinds: readonly string[]) =>
      promises(profiles.cassandra.settings, { ...facts, faultKinds }).guarantees;
    expect(of(["partition", "pause"])).toEqual(
      expect.arrayContaining([
        "durable",
        "regular-stamped",
        "read-your-writes",
        "monotonic-reads",
        "converged",
      ]),
    );
    expect(of(["partition", "pause"])).not.toContain("regular");
    for (const name of ["durable", "regular-stamped", "no-resurrection"] as const) {
      expect(of(["kill"])).toContain(name);
      const powerLossNodes = ["n1", "n2", "n3", "n4", "n5"];
      expect(
        promises(profiles.cassandra.settings, { ...facts, faultKinds: ["power"], powerLossNodes })
          .guarantees,
      ).not.toContain(name);
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
