import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { fatesOf } from "../../../checkers/durable/durable-elements.ts";
import { chance, of, Scenario, stampOf, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

const histories = sampleSize(20_000);

/** Draws writes and deletes, some of them pending, and reads that show or cover any of them. */
function draw(seed: number): Scenario {
  const { int, pick } = chance(seed);
  const siblings = int(2) === 0;
  const scenario = new Scenario(siblings ? { versions: "siblings", stamps: "none" } : {});
  const written = Array.from({ length: 1 + int(4) }, (_, i) => {
    const value = `v${10 + int(9) * 10 + i}`;
    const version = siblings ? `${pick(["a", "b"])}:${i + 1}` : stampOf(value);
    const start = int(30);
    const options = { version, outcome: pick(["ok", "ok", "ok", "fail", "info", "open"] as const) };
    if (int(6) === 0) {
      scenario.delete(version, start, start + 1 + int(9), options);
      return tombstone(version);
    }
    scenario.write(value, start, start + 1 + int(9), options);
    return of(value, version);
  });
  for (let i = 1 + int(4); i > 0; i--) {
    const start = int(40);
    const shown = int(5) === 0 ? [] : [pick(written)];
    const context = {
      ...(int(2) === 0 ? { a: int(5) } : {}),
      ...(int(2) === 0 ? { b: int(5) } : {}),
    };
    scenario.read(shown, start, start + 1 + int(9), {
      outcome: pick(["ok", "ok", "ok", "info"] as const),
      ...(siblings ? { context } : {}),
    });
  }
  return scenario;
}

test(`each write's fate agrees with its definition on ${histories} small histories`, () => {
  const counts: Record<string, number> = {
    lost: 0,
    stale: 0,
    stable: 0,
    "never-read": 0,
    unknown: 0,
  };
  for (let seed = 0; seed < histories; seed++) {
    const model = modelOf(draw(seed).events());
    const siblings = model.run.versions === "siblings";
    const isDeleted = model.operations.some(
      ({ f, outcome }) => f === "delete" && outcome !== "fail",
    );
    const reads = model.operations.filter(
      ({ f, outcome, versions }) =>
        f === "read" && outcome === "ok" && !(versions.length === 0 && isDeleted),
    );
    const writers = model.writers("k0");
    const wanted = model.operations.flatMap((write) => {
      if (write.f !== "write" || write.outcome === "fail") return [];
      const version = writers.versionOf(write);
      const showing = reads.filter(({ versions }) =>
        versions.some(({ value }) => value === write.value),
      );
      const known = Math.min(
        write.outcome === "ok" ? write.endUs : Infinity,
        ...showing.map(({ endUs }) => endUs),
      );
      if (known === Infinity || version === undefined)
        return [{ op: write.op, fate: "unknown", staleFor: 0 }];
      const [actor = "", counter = ""] = version.split(":");
      const isShown = (read: (typeof reads)[number]): boolean =>
        siblings
          ? (read.context?.[actor] ?? 0) >= Number(counter)
          : read.versions.some(({ version: shown }) => shown >= version);
      const present = reads.filter(isShown).map(({ startUs }) => startUs);
      const absent = reads
        .filter((read) => !isShown(read) && read.startUs > known)
        .map(({ startUs }) => startUs);
      const lastAbsent = Math.max(-Infinity, ...absent);
      if (absent.length > 0 && present.every((at) => at < lastAbsent))
        return [{ op: write.op, fate: "lost", staleFor: 0 }];
      if (present.length === 0) return [{ op: write.op, fate: "never-read", staleFor: 0 }];
      return [
        { op: write.op, fate: "stable", staleFor: absent.length > 0 ? lastAbsent - known : 0 },
      ];
    });
    const got = fatesOf(model, "k0").map(({ write, fate }) => ({
      op: write.op,
      fate: fate.fate,
      staleFor: fate.fate === "stable" ? fate.staleFor : 0,
    }));
    expect(got, `seed ${seed}`).toEqual(wanted);
    for (const { fate, staleFor } of wanted)
      counts[staleFor > 0 ? "stale" : fate] = (counts[staleFor > 0 ? "stale" : fate] ?? 0) + 1;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 100);
});

describe("in the verdict of durable", () => {
  test("a write that reads miss to the end is listed, though no promise is broken where a replica has it", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    scenario.read([of("v1")], 4, 5);
    scenario.finalPhase(10, [of("v2")]);
    const { verdict, measurements } = scenario.check("durable");
    expect(verdict).toBe("valid");
    expect(measurements).toMatchObject({
      elements: { tried: 2, known: 2, stable: 1, stale: 0, lost: 1, neverRead: 0 },
      stableLatencyMs: { p100: 0 },
      lostElements: [{ op: 1, key: "k0", value: "v2" }],
    });
  });
});
