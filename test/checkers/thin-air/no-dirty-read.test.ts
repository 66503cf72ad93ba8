import { describe, expect, test } from "vitest";
import { sampleSize } from "../sample-size.ts";
import { chance, Scenario } from "../support.ts";

const k0 = (version: string) => ({ key: "k0", versions: [version] });
const told = (...versions: string[]) =>
  ({ frame: "replica-read-ok", trace: 9, request: 1, key: "k0", versions }) as const;

function written(overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario {
  const scenario = new Scenario(overrides).boot("n1", 0, 1);
  scenario.write("v2", 1, 6);
  return scenario;
}

describe("no-dirty-read: a replica", () => {
  test("shows what it synced before, as data or as a hint, or what it read back", () => {
    const shown = (scenario: Scenario, boot = 1): string =>
      scenario.frame("sent", "n1", "n2", 10, told("0002"), boot).check("no-dirty-read").verdict;
    expect(shown(written().sync("n1", 5, k0("0002")))).toBe("valid");
    expect(shown(written().sync("n1", 5, { ...k0("0002"), hintFor: "n2" }))).toBe("valid");
    expect(shown(written().boot("n1", 8, 2).recovered("n1", 9, k0("0002"), 2), 2)).toBe("valid");
  });

  test("does not show what it syncs later or never", () => {
    expect(
      written()
        .frame("sent", "n1", "n2", 4, told("0002"))
        .sync("n1", 5, k0("0002"))
        .check("no-dirty-read").anomalies,
    ).toMatchObject([
      {
        explanation:
          "n1 returned v2 (write 0) of k0 to n2 at 4.0 ms, but synced that data only at 5.0 ms",
        operations: [0, 9],
      },
    ]);
    expect(
      written().frame("sent", "n1", "n2", 4, told("0002")).check("no-dirty-read").anomalies[0]
        ?.explanation,
    ).toContain("but never synced that data");
  });

  test("proves nothing where evidence is lost, and promises nothing where logs are synced later", () => {
    const lost = written().gap("n1").frame("sent", "n1", "n2", 4, told("0002"));
    expect(lost.check("no-dirty-read").verdict).toBe("unknown");
    const periodic = written({ sync: "periodic" }).frame("sent", "n1", "n2", 4, told("0002"));
    expect(periodic.check("no-dirty-read").verdict).toBe("not-applicable");
  });
});

test("no-dirty-read says what its definition says, over random orders of syncs and replies", () => {
  const random = chance(23);
  let broken = 0;
  const histories = sampleSize(4000);
  for (let i = 0; i < histories; i++) {
    const steps = Array.from({ length: 1 + random.int(6) }, () => ({
      isSync: random.int(2) === 0,
      versions: [...new Set([random.int(4), random.int(4)])].map((of) => `a:${of}`),
    }));
    const scenario = new Scenario({ versions: "siblings" }).boot("n1", 0, 1);
    scenario.write("v0", 0, 1, { version: "a:0" });
    steps.forEach(({ isSync, versions }, at) => {
      if (isSync) scenario.sync("n1", at + 1, { key: "k0", versions, context: {} });
      else scenario.frame("sent", "n1", "n2", at + 1, told(...versions));
    });
    const isDirty = steps.some(
      ({ isSync, versions }, at) =>
        !isSync &&
        versions.some(
          (version) =>
            !steps.slice(0, at).some((step) => step.isSync && step.versions.includes(version)),
        ),
    );
    if (isDirty) broken++;
    expect(scenario.check("no-dirty-read").verdict === "invalid", JSON.stringify(steps)).toBe(
      isDirty,
    );
  }
  expect(broken).toBeGreaterThan(histories / 10);
  expect(broken).toBeLessThan(histories);
});
