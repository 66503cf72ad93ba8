import { expect, test } from "vitest";
import { faultLabel, traceFaults } from "../../../reports/trace/trace-faults.ts";

type Cuts = readonly (readonly [string, string])[];

const both = (...links: Cuts): Cuts =>
  links.flatMap(([a, b]): Cuts => [
    [a, b],
    [b, a],
  ]);
const label = (cuts: Cuts): string =>
  faultLabel({
    e: "fault",
    atUs: 0,
    fault: 0,
    kind: "partition",
    phase: "injected",
    nodes: ["n1"],
    cuts,
  });

test.each<[shape: string, cuts: Cuts, said: string]>([
  ["two halves", both(["n4", "n1"], ["n1", "n3"], ["n2", "n3"], ["n2", "n4"]), "n1 n2 ↮ n3 n4"],
  ["a ring of four", both(["n1", "n4"], ["n3", "n2"]), "n1 ↮ n4, n2 ↮ n3"],
  [
    "a ring of five",
    both(["n1", "n3"], ["n1", "n4"], ["n2", "n4"], ["n2", "n5"], ["n3", "n5"]),
    "n1 ↮ n3 n4, n2 ↮ n4 n5, n3 ↮ n5",
  ],
  ["a bridge, n3", both(["n1", "n4"], ["n1", "n5"], ["n2", "n4"], ["n2", "n5"]), "n1 n2 ↮ n4 n5"],
  ["everyone alone", both(["n1", "n2"], ["n1", "n3"], ["n2", "n3"]), "n1 ↮ n2 n3, n2 ↮ n3"],
  [
    "one way",
    [
      ["n3", "n1"],
      ["n2", "n1"],
    ],
    "n2 n3 ↛ n1",
  ],
  ["both ways and one way", [...both(["n4", "n1"]), ["n5", "n1"]], "n1 ↮ n4, n5 ↛ n1"],
])("all cut links are named: %s", (_, cuts, said) => {
  expect(label(cuts)).toBe(`partition ${said}`);
});

test("of what no nemesis cuts, as much is said", () => {
  expect(
    label(Array.from({ length: 40 }, (_, index) => [`a${index}`, `b${index}`] as const)),
  ).toMatch(/^partition a0 ↛ b0, .*, and more$/);
});

test.each([
  ["membership", "add n6 through n2", "membership n2, add n6 through n2"],
  ["crash", "crash at n2,", "crash at n2"],
])("details stand beside the name, unless they begin with it: %s", (kind, detail, said) => {
  const inject = {
    e: "fault",
    atUs: 5,
    fault: 0,
    kind,
    phase: "inject",
    nodes: ["n2"],
    detail,
  } as const;
  expect(traceFaults([inject], 0, 9).map((fault) => fault.label)).toEqual([said]);
});
