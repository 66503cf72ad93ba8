import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, type Consumer, createConsumer, manifest, repository } from "./packed.ts";

const readme = readFileSync(join(repository, "README.md"), "utf8");
const ownFile = readFileSync(join(import.meta.dirname, "own.ts.txt"), "utf8");

/** The code blocks of the README in that language, in order. */
const snippets = (language: string): readonly string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? "");

const property = snippets("ts").find((text) => text.includes("planArbitrary")) ?? "";

let consumer: Consumer;

beforeAll(() => {
  consumer = createConsumer();
  snippets("ts").forEach((text, index) => consumer.write(`readme-${index}.ts`, text));
  consumer.write("own.ts", ownFile);
});

afterAll(() => consumer.remove());

describe("the packed package", () => {
  it("type-checks in strict consumers under NodeNext and Bundler", () => {
    const files = ["own.ts", ...snippets("ts").map((_, index) => `readme-${index}.ts`)];
    expect(files.length).toBeGreaterThan(2);
    expect(compile(consumer, "nodenext", files)).toBe("");
    expect(compile(consumer, "bundler", files)).toBe("");
  });

  it("refuses what its types do not allow, so that the check above means something", () => {
    consumer.write("wrong.ts", ownFile.replace("nodes: 3", 'nodes: "three"'));
    expect(compile(consumer, "nodenext", ["wrong.ts"])).toContain("is not assignable");
  });

  it("runs the README's property", () => {
    expect(property).not.toBe("");
    // The README's code is TypeScript without types, so node runs it as it stands.
    consumer.write("property.mjs", property.replace("numRuns: 100", "numRuns: 3"));
    consumer.node("property.mjs");
  });

  it("judges a history through quorate/checkers", () => {
    consumer.write(
      "judging.mjs",
      `import { attempt, bundled, createSimCluster, planAt } from "quorate";
       import { judge, parseHistory } from "quorate/checkers";
       const settings = { ...bundled.defaults, r: 1, w: 1 };
       const wishes = { target: bundled, settings, faults: [], workload: "register", claimed: ["regular"] };
       const { events, verdict } = await attempt(planAt(wishes, 1, 0), createSimCluster(bundled), { evidence: true });
       const text = events.map((event) => JSON.stringify(event)).join("\\n");
       console.log(JSON.stringify([verdict, judge(parseHistory(text))]));`,
    );
    const [attempted, judged] = JSON.parse(consumer.node("judging.mjs")) as readonly [
      { readonly verdict: string },
      unknown,
    ];
    expect(attempted.verdict).toBe("invalid");
    expect(judged).toEqual(attempted);
  });

  it("plants a bundled bug by its name, which needs sources of the store", () => {
    const command = join(consumer.folder, "node_modules/quorate/dist/quorate.js");
    const output = consumer.node(
      command,
      "hunt",
      "ack-before-fsync",
      "--on",
      "sim",
      "--max",
      "300",
      "--json",
    );
    expect(JSON.parse(output)).toBeTypeOf("object");
  });

  it("holds what the README links to, and nothing that only this repository needs", () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(3);
    const installed = join(consumer.folder, "node_modules/quorate");
    expect(links.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    for (const needed of ["LICENSE", "schemas/config.schema.json", "examples/own-store/store.mjs"])
      expect(consumer.files).toContain(needed);
    expect(
      consumer.files.filter((path) =>
        /^(test|tools|runs|reports|generators|docs\/api)\/|\.map$|\.test\.|bench/.test(path),
      ),
    ).toEqual([]);
  });

  it("runs nothing when it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall"];
    expect(hooks.filter((name) => manifest.scripts[name] !== undefined)).toEqual([]);
  });
});

describe("quorate/checkers", () => {
  it("loads no package, neither Docker nor ws nor the command line", () => {
    const dist = join(consumer.folder, "node_modules/quorate/dist");
    const loaded = loadedFrom(join(dist, "checkers.js"));
    expect(loaded.packages).toEqual([]);
    // The whole library does: what is measured can fail.
    expect(loadedFrom(join(dist, "index.js")).packages).toEqual(
      expect.arrayContaining(["fast-check", "dockerode"]),
    );
  });
});

/** The packages that a built file imports when it is loaded, by itself and through its chunks; node's own modules are none. */
function loadedFrom(entry: string): { readonly packages: readonly string[] } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(
      /^(?:import|export) (?:[^;"']*? from )?"([^"]+)";$/gm,
    )) {
      if (name.startsWith(".")) walk(join(file, "..", name));
      else if (!name.startsWith("node:")) packages.add(name);
    }
  };
  walk(entry);
  return { packages: [...packages].sort() };
}
