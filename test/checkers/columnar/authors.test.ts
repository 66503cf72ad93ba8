import { describe, expect, test } from "vitest";
import { Authors } from "../../../checkers/columnar/authors.ts";
import { OperationTable } from "../../../checkers/columnar/operation-table.ts";
import { chance, of, Scenario, tombstone } from "../support.ts";
import { grown } from "../../../checkers/columnar/growing-array.ts";

function authorsOf(
  scenario: Scenario,
  traced: (row: number) => string | undefined = () => undefined,
): { table: OperationTable; authors: Authors } {
  const table = new OperationTable();
  for (const event of scenario.events()) table.add(event);
  return { table, authors: new Authors(table, traced) };
}

describe("Authors", () => {
  test("versions are ranked as their names are ordered, however many and in whatever order they came", () => {
    for (const size of [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 33, 40, 63, 65, 100, 129, 300]) {
      for (const seed of [1, 2, 3]) {
        const { int } = chance(size * 10 + seed);
        const scenario = new Scenario();
        // The versions are sorted for seed 1, nearly sorted for seed 2, and shuffled for seed 3.
        const versions = Array.from({ length: size }, (_, i) =>
          String(1000 + (seed === 1 ? i : seed === 2 && int(6) > 0 ? i : int(1000))).concat(
            `-${i}`,
          ),
        );
        for (const version of versions) scenario.read([tombstone(version)], 0, 1);
        const { table, authors } = authorsOf(scenario);
        const place = new Map([...new Set(versions)].sort().map((version, i) => [version, i]));
        expect([...authors.ranks]).toEqual(
          Array.from({ length: table.versions.count }, (_, version) =>
            place.get(table.versions.textOf(version)),
          ),
        );
      }
    }
  });

  test("each key's versions have an order of their own", () => {
    const scenario = new Scenario();
    for (const [key, version] of [
      ["k0", "0005"],
      ["k1", "0001"],
      ["k0", "0003"],
      ["k2", "0002"],
      ["k1", "0000"],
      ["k0", "0004"],
    ] as const)
      scenario.read([tombstone(version)], 0, 1, { key });
    const { table, authors } = authorsOf(scenario);
    const ordered = (key: string): string[] =>
      [...authors.ranks.keys()]
        .filter((version) => table.versions.apartOf(version) === table.keys.find(key))
        .sort((a, b) => (authors.ranks[a] as number) - (authors.ranks[b] as number))
        .map((version) => table.versions.textOf(version));
    expect(["k0", "k1", "k2"].map(ordered)).toEqual([
      ["0003", "0004", "0005"],
      ["0000", "0001"],
      ["0002"],
    ]);
    expect(new Set(authors.ranks).size).toBe(6);
  });

  test("who wrote a value, who was given a version, which version a write was given", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3, { outcome: "info" });
    scenario.delete("0003", 4, 5);
    scenario.read([of("v2")], 6, 7);
    scenario.read([of("v2", "0009")], 6, 7);
    scenario.read([of("v1", "0008")], 8, 9);
    scenario.read([tombstone("0007"), of("v6")], 8, 9);
    scenario.write("v4", 8, 9, { outcome: "fail" });
    const { table, authors } = authorsOf(scenario);
    const version = (text: string): number => table.versions.find(text, 0);
    const value = (text: string): number => table.values.find(text, 0);
    expect(["v1", "v2", "v6", "v4"].map((text) => authors.ofValue(value(text)))).toEqual([
      0, 1, -1, 7,
    ]);
    expect(
      ["0001", "0002", "0003", "0009", "0008", "0007", "0006"].map((text) =>
        authors.ofVersion(version(text)),
      ),
    ).toEqual([0, 1, 2, -1, -1, -1, -1]);
    expect([0, 1, 2, 7].map((row) => authors.versionOf(row))).toEqual([
      version("0001"),
      version("0002"),
      version("0003"),
      -1,
    ]);
    // A value is ranked by the version of its write. A value that nobody wrote, or a tombstone, is ranked by the
    // version under which it was shown.
    expect(authors.ranking(version("0008"), value("v1"))).toBe(version("0001"));
    expect(authors.ranking(version("0009"), value("v6"))).toBe(version("0009"));
    expect(authors.ranking(version("0007"), -1)).toBe(version("0007"));
    expect(authors.of(version("0003"), -1)).toBe(2);
    expect(authors.of(version("0003"), value("v2"))).toBe(1);
    expect([authors.ofValue(99), authors.ofVersion(99)]).toEqual([-1, -1]);
    expect(authors.anonymousDeletes.size).toBe(0);
    expect(authors.writtenTwice.size).toBe(0);
  });

  test("a version that only evidence names, also one that no client ever saw", () => {
    const scenario = new Scenario();
    scenario.delete("", 0, 1, { outcome: "info" });
    scenario.write("v1", 0, 1, { outcome: "info" });
    scenario.read([of("v1", "0005")], 2, 3);
    scenario.read([tombstone("0004")], 2, 3);
    const { table, authors } = authorsOf(scenario, (row) =>
      row === 0 ? "0004" : row === 1 ? "unseen" : undefined,
    );
    expect(authors.ofVersion(table.versions.find("0004", 0))).toBe(0);
    expect(table.versions.textOf(authors.versionOf(1))).toBe("unseen");
    expect(authors.ofVersion(authors.versionOf(1))).toBe(1);
    expect(authors.ofVersion(table.versions.find("0005", 0))).toBe(-1);
    expect(authors.anonymousDeletes.size).toBe(0);
  });

  test("deletes of which nobody knows the version, by key, and values that were written twice", () => {
    const scenario = new Scenario();
    for (const key of ["k0", "k1"]) scenario.delete("", 0, 1, { outcome: "info", key });
    scenario.delete("", 2, 3, { outcome: "open", key: "k0" });
    scenario.delete("", 2, 3, { outcome: "fail", key: "k0" });
    scenario.write("v1", 4, 5);
    scenario.write("v2", 4, 5);
    scenario.write("v2", 4, 5, { outcome: "info" });
    scenario.write("v1", 4, 5, { outcome: "info" });
    const { table, authors } = authorsOf(scenario);
    expect([...authors.anonymousDeletes]).toEqual([
      [0, [0, 2]],
      [1, [1]],
    ]);
    expect(
      [...authors.writtenTwice].map(([key, value]) => [key, table.values.textOf(value)]),
    ).toEqual([[0, "v2"]]);
  });
});

test("typed arrays grow at least twofold, keep what they hold, and stay where they are long enough", () => {
  for (const items of [
    Float64Array.of(1, 2, 3),
    Int32Array.of(1, 2, 3),
    Uint8Array.of(1, 2, 3),
  ] as Int32Array<ArrayBuffer>[]) {
    expect(grown(items, 3)).toBe(items);
    const larger = grown(items, 4);
    expect([larger.constructor, ...larger]).toEqual([items.constructor, 1, 2, 3, 0, 0, 0]);
    expect(grown(items, 9)).toHaveLength(9);
  }
});
