/**
 * Tests that imports between folders go only in the allowed directions, and only to the index.ts of another folder,
 * with few exceptions. Also tests what `check` loads at its start.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root, sources } from "./imports.ts";

/**
 * For each folder, the folders from which it may import. `types` allows only types. `names` allows types and the list
 * of the guarantees' names.
 */
const allowed: Readonly<Record<string, Readonly<Record<string, "all" | "types" | "names">>>> = {
  store: {},
  node: {},
  checkers: {},
  generators: { checkers: "names" },
  reports: { checkers: "types", generators: "types" },
  harness: { store: "all", node: "all", checkers: "all", generators: "all", reports: "all" },
  examples: { harness: "all", node: "all" },
};

const listOfNames = [
  "guaranteeNames",
  "isGuaranteeName",
  "currentGuaranteeName",
  "formerGuaranteeNames",
];

const folders = Object.keys(allowed);

const all = folders.flatMap((folder) => sources(join(root, folder)).flatMap(importsOf));
const across = all.filter((one) => one.from !== one.to);

/** The store implements a program for the Host interface. That interface's types are in a file beside the simulator. */
const isHostTypes = ({ from, target }: (typeof all)[number]): boolean =>
  from === "store" && target === join("harness", "platforms", "simulator", "host-types.ts");

describe("a folder", () => {
  it("sees the imports at all", () => {
    expect(across.length).toBeGreaterThan(30);
    expect(across.some((one) => one.from === "harness" && one.to === "store")).toBe(true);
  });

  it("imports only what the table allows", () => {
    const wrong = across.filter((one) => {
      if (isHostTypes(one)) return one.values.length > 0;
      const right = allowed[one.from]?.[one.to];
      const beyond = one.values.filter((name) => right !== "names" || !listOfNames.includes(name));
      return right === undefined || (right !== "all" && beyond.length > 0);
    });
    expect(wrong).toEqual([]);
  });

  it("knows the store in the bundled target alone", () => {
    const wrong = across.filter(
      ({ file, to }) => to === "store" && !file.startsWith(join("harness", "targets", "bundled")),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it("imports from the index.ts of another folder only", () => {
    const wrong = across.filter((one) => {
      if (isHostTypes(one)) return false;
      const isIndex = one.target === join(one.to, "index.ts");
      // The bundled target also imports inner files of the store, since its promises and planted bugs are about the
      // store's parts.
      const bundled =
        one.to === "store" && one.file.startsWith(join("harness", "targets", "bundled"));
      return !isIndex && !bundled;
    });
    expect(wrong).toEqual([]);
  });
});

describe("the start of check", () => {
  it("loads neither plans nor the store, nor what they need", () => {
    const loaded = new Set<string>();
    const walk = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const { target, values } of importsOf(join(root, file)))
        if (values.length > 0) walk(target);
    };
    walk(join("harness", "cli", "check.ts"));
    walk(join("harness", "cli", "program.ts"));
    expect(loaded.size).toBeGreaterThan(20);
    expect(
      [...loaded].filter(
        (file) => !file.startsWith(`checkers${sep}`) && !file.startsWith(`harness${sep}`),
      ),
    ).toEqual([]);
    const packages = [...loaded].flatMap((file) =>
      [
        ...readFileSync(join(root, file), "utf8").matchAll(
          /^import (?!type\b)[^;]*? from "([^."][^"]*)"/gm,
        ),
      ].map(([, name]) => name),
    );
    expect([...new Set(packages)].filter((name) => !name?.startsWith("node:"))).toEqual([
      "commander",
    ]);
  });
});

describe("source files", () => {
  it("have an index.ts and a README in every folder", () => {
    for (const folder of folders.filter((name) => name !== "examples")) {
      expect(readdirSync(join(root, folder))).toEqual(
        expect.arrayContaining(["index.ts", "README.md"]),
      );
    }
  });
});
