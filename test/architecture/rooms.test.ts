/**
 * The rooms of a house stand in steps: each imports from those of earlier steps only, so nothing goes round in a
 * circle.
 */
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root, sources } from "./imports.ts";

interface Rooms {
  readonly house: string;
  readonly steps: readonly (readonly string[])[];
  /** What rooms take from the root of their house; the rest of the root stands above them all. */
  readonly beneath: readonly string[];
}

const houses: readonly Rooms[] = [
  {
    house: "checkers",
    steps: [
      ["language", "numbers"],
      ["columnar", "evidence", "search"],
      ["reading", "model"],
      ["messages"],
      ["quorum", "siblings", "causal", "converged", "durable", "pbs", "processes", "membership"],
      ["thin-air"],
      ["register"],
      ["staleness"],
      ["transactions", "set", "workloads"],
      ["foreign"],
    ],
    beneath: ["conclude.ts"],
  },
  {
    house: "store",
    steps: [
      ["versions"],
      ["placement"],
      ["protocol"],
      ["links"],
      ["replica"],
      ["repair"],
      ["membership"],
      ["coordinator"],
      ["client-routing", "real"],
    ],
    // node.ts: the program of one node, in real/, starts what everything else is part of.
    beneath: ["host.ts", "settings.ts", "core.ts", "parts.ts", "planted.ts", "node.ts"],
  },
];

describe.each(houses)("the rooms of $house", ({ house, steps, beneath }) => {
  const files = sources(join(root, house)).map((file) => relative(root, file));
  const roomOf = (file: string): string => relative(house, dirname(file));
  const stepOf = (room: string): number => steps.findIndex((step) => step.includes(room));

  it("are those that have a step", () => {
    expect([...new Set(files.map(roomOf))].filter((room) => room !== "").sort()).toEqual(
      steps.flat().sort(),
    );
  });

  it("import from earlier steps only, and of the root what stands beneath", () => {
    const between = files
      .filter((file) => roomOf(file) !== "")
      .flatMap((file) => importsOf(join(root, file)))
      .filter(({ file, to, target }) => to === house && roomOf(file) !== roomOf(target));
    expect(between.length).toBeGreaterThan(50);
    const wrong = between.filter(({ file, target }) =>
      roomOf(target) === ""
        ? !beneath.includes(relative(house, target))
        : stepOf(roomOf(target)) >= stepOf(roomOf(file)),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

it("what stands beneath the rooms of checkers needs the language alone", () => {
  const low = ["conclude.ts"].map((name) => join("checkers", name));
  const targets = low.flatMap((file) => importsOf(join(root, file))).map(({ target }) => target);
  expect(
    targets.filter(
      (target) => !low.includes(target) && dirname(target) !== join("checkers", "language"),
    ),
  ).toEqual([]);
});
