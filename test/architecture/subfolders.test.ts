/**
 * Tests that the subfolders of checkers/ and store/ form layers. Each subfolder imports only from earlier layers and a
 * few shared files, so the imports between subfolders cannot form a cycle.
 */
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root, sources } from "./imports.ts";

interface Layers {
  readonly folder: string;
  readonly layers: readonly (readonly string[])[];
  /** The files directly in the folder that its subfolders may import. */
  readonly shared: readonly string[];
}

const layered: readonly Layers[] = [
  {
    folder: "checkers",
    layers: [
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
    shared: ["conclude.ts"],
  },
  {
    folder: "store",
    layers: [
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
    // real/ imports node.ts, which assembles one node from all parts, to start it as a program.
    shared: ["host.ts", "settings.ts", "core.ts", "parts.ts", "planted.ts", "node.ts"],
  },
];

describe.each(layered)("the subfolders of $folder", ({ folder, layers, shared }) => {
  const files = sources(join(root, folder)).map((file) => relative(root, file));
  const subfolderOf = (file: string): string => relative(folder, dirname(file));
  const layerOf = (subfolder: string): number =>
    layers.findIndex((layer) => layer.includes(subfolder));

  it("each have a layer", () => {
    expect(
      [...new Set(files.map(subfolderOf))].filter((subfolder) => subfolder !== "").sort(),
    ).toEqual(layers.flat().sort());
  });

  it("import from earlier layers and shared files only", () => {
    const between = files
      .filter((file) => subfolderOf(file) !== "")
      .flatMap((file) => importsOf(join(root, file)))
      .filter(({ file, to, target }) => to === folder && subfolderOf(file) !== subfolderOf(target));
    expect(between.length).toBeGreaterThan(50);
    const wrong = between.filter(({ file, target }) =>
      subfolderOf(target) === ""
        ? !shared.includes(relative(folder, target))
        : layerOf(subfolderOf(target)) >= layerOf(subfolderOf(file)),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

it("the shared files of checkers import from the language alone", () => {
  const shared = ["conclude.ts"].map((name) => join("checkers", name));
  const targets = shared.flatMap((file) => importsOf(join(root, file))).map(({ target }) => target);
  expect(
    targets.filter(
      (target) => !shared.includes(target) && dirname(target) !== join("checkers", "language"),
    ),
  ).toEqual([]);
});
