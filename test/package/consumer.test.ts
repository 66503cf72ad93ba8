import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs } from "../docs/snippets.ts";
import { compile, type Consumer, createConsumer, manifest, repository } from "./packed.ts";

const front = readFileSync(join(repository, "README.md"), "utf8");
const ownFile = readFileSync(join(import.meta.dirname, "own.ts.txt"), "utf8");

const ownStorePage = programs.findIndex(({ page }) => page === "docs/own-store.md");
const property = programs.find(({ text }) => text.includes("planArbitrary"))?.text ?? "";

let consumer: Consumer;

beforeAll(() => {
  execFileSync(process.execPath, ["tools/bill-of-materials.mjs"], { cwd: repository });
  consumer = createConsumer();
  programs.forEach(({ text }, index) => consumer.write(`readme-${index}.ts`, text));
  consumer.link("vitest");
  consumer.write("own.ts", ownFile);
});

afterAll(() => consumer.remove());

describe("the packed package", () => {
  it("type-checks in strict consumers under NodeNext and Bundler", () => {
    const files = ["own.ts", ...programs.map((_, index) => `readme-${index}.ts`)];
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
    // The README's code is TypeScript, but it has no types. So Node.js runs it unchanged as JavaScript.
    consumer.write("property.mjs", property.replace("numRuns: 100", "numRuns: 3"));
    consumer.node("property.mjs");
  });

  it("reads the README's configuration", () => {
    const store = join(consumer.folder, "node_modules/quorate/examples/own-store/store.mjs");
    consumer.write("store.mjs", readFileSync(store, "utf8"));
    consumer.write(
      "read-config.mjs",
      `import { readConfig } from "quorate";
       const { target, faults } = await readConfig("readme-${ownStorePage}.ts");
       console.log(target.name, target.facts(target.defaults).nodes, faults.length);`,
    );
    expect(consumer.node("read-config.mjs").trim()).toBe("own-store 3 3");
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

  it("judges by a user's own checker", () => {
    consumer.write(
      "checker.mjs",
      `import { attempt, bundled, conclude, createSimCluster, kindsWith, planAt } from "quorate";
       const few = {
         name: "few-reads",
         meaning: "nobody reads",
         needs: [],
         workloads: "all",
         check: ({ operations }) =>
           conclude({
             judged: operations.length,
             anomalies: operations
               .filter(({ f }) => f === "read")
               .map(({ op }) => ({ guarantee: "few-reads", explanation: "read " + op, operations: [op] })),
           }),
       };
       const kinds = kindsWith([], [], [few]);
       const wishes = { target: bundled, kinds, settings: bundled.defaults, faults: [], workload: "register", claimed: [] };
       const { verdict } = await attempt(planAt(wishes, 1, 0), createSimCluster(bundled), { evidence: true, kinds });
       console.log(JSON.stringify([verdict.verdict, verdict.guarantees["few-reads"].verdict]));`,
    );
    expect(JSON.parse(consumer.node("checker.mjs"))).toEqual(["invalid", "invalid"]);
  });

  it("draws plans of a user's own workload", () => {
    consumer.write(
      "own.mjs",
      `import fc from "fast-check";
       import { bundled, draw, kindsWith, planArbitrary, readable } from "quorate";
       const target = { ...bundled, workloads: ["read-mostly"] };
       const readMostly = {
         name: "read-mostly",
         meaning: "Clients mostly read.",
         operations: {
           read: { say: () => "reads", writes: false },
           write: { say: () => "writes", writes: true },
         },
         always: "read",
         carries: false,
         mix: () => ({ read: 2, write: 1 }),
         finalReads: ({ keys }) => draw.range(keys).map((key) => ({ f: "read", key })),
       };
       const wishes = { target, kinds: kindsWith([], [readMostly]), settings: bundled.defaults, faults: [], workload: "read-mostly", claimed: [] };
       const [plan] = fc.sample(planArbitrary(wishes), { numRuns: 1, seed: 1 });
       console.log(readable(plan, wishes).join("\\n"));`,
    );
    expect(consumer.node("own.mjs")).toMatch(/c\d+.* reads through n\d/);
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
    const links = [...front.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(3);
    const installed = join(consumer.folder, "node_modules/quorate");
    expect(links.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    for (const needed of ["LICENSE", "schemas/config.schema.json", "examples/own-store/store.mjs"])
      expect(consumer.files).toContain(needed);
    expect(
      consumer.files.filter((path) =>
        /^(test|tools|runs|reports|generators|docs\/api)\/|\.map$|\.test\.|^dist\/bench/.test(path),
      ),
    ).toEqual([]);
  });

  it("is no larger than 1.5 MB", () => {
    expect(consumer.bytes).toBeGreaterThan(100_000);
    expect(consumer.bytes).toBeLessThanOrEqual(1_500_000);
  });

  it("brings a bill of materials and the licence of each dependency", () => {
    const dist = join(consumer.folder, "node_modules/quorate/dist");
    const bill = JSON.parse(readFileSync(join(dist, "sbom.cdx.json"), "utf8")) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly name: string }[];
    };
    expect(bill.bomFormat).toBe("CycloneDX");
    const names = bill.components.map(({ name }) => name);
    const licences = readFileSync(join(dist, "third-party-licences.txt"), "utf8");
    for (const name of Object.keys(manifest.dependencies)) {
      expect(names).toContain(name);
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S`, "m"));
    }
    // dist/ contains the code of dockerode, with docker-modem but without the parts for SSH and BuildKit.
    expect(names).toContain("docker-modem");
    expect(names).not.toContain("ssh2");
    expect(names).not.toContain("playwright-core");
  });

  it("runs nothing when it is installed, and but for esbuild no dependency does", () => {
    const hooks = ["preinstall", "install", "postinstall"];
    expect(hooks.filter((name) => manifest.scripts[name] !== undefined)).toEqual([]);
    const { packages } = JSON.parse(
      readFileSync(join(repository, "package-lock.json"), "utf8"),
    ) as {
      readonly packages: Readonly<
        Record<
          string,
          { readonly dev?: boolean; readonly peer?: boolean; readonly hasInstallScript?: boolean }
        >
      >;
    };
    const scripted = Object.entries(packages)
      .filter(
        ([, facts]) => facts.hasInstallScript === true && facts.dev !== true && facts.peer !== true,
      )
      .map(([path]) => path);
    expect(scripted.filter((path) => path !== "")).toEqual(["node_modules/esbuild"]);
  });
});

describe("quorate/vitest", () => {
  const suite = programs.find(({ text }) => text.includes("quorate/vitest"))?.text ?? "";

  /** Runs a test file with the consumer's own Vitest. Returns the output, and whether the test passed. */
  const vitest = (file: string): { readonly passed: boolean; readonly output: string } => {
    const program = join(consumer.folder, "node_modules/vitest/vitest.mjs");
    try {
      return { passed: true, output: consumer.node(program, "run", file, "--no-color") };
    } catch (error) {
      return { passed: false, output: (error as Error).message };
    }
  };

  it("runs the README's test, which passes", () => {
    consumer.write("readme.test.ts", suite.replace("numRuns: 20", "numRuns: 3"));
    const { passed, output } = vitest("readme.test.ts");
    expect(output).toContain("1 passed");
    expect(passed).toBe(true);
  });

  it("tells a planted bug in at most 25 lines, and its token replays elsewhere", () => {
    const options = `on: "sim", bug: "merge-of-first", seed: 1, numRuns: 200`;
    consumer.write("bug.test.ts", suite.replace(/on: "sim"[^]*numRuns: 20/, options));
    const { passed, output } = vitest("bug.test.ts");
    expect(passed).toBe(false);
    const said = /BrokenPromiseError: ([\s\S]*?again {6}\{[^\n]*)/.exec(output)?.[1] ?? "";
    expect(said.split("\n").length).toBeLessThanOrEqual(25);
    expect(said).toMatch(/guarantee {2}\S+: \S/);
    const [, token = ""] = /replay {5}npx quorate replay (quorate:\S+)/.exec(said) ?? [];
    const elsewhere = mkdtempSync(join(tmpdir(), "quorate-elsewhere-"));
    const command = join(consumer.folder, "node_modules/quorate/dist/quorate.js");
    expect(
      execFileSync(process.execPath, [command, "replay", token], {
        cwd: elsewhere,
        encoding: "utf8",
      }),
    ).toContain("Reproduced in 1 of 1");
  });

  it("knows the matchers, also in a test of @fast-check/vitest's kind, and so do their types", () => {
    consumer.write(
      "matchers.test.ts",
      `import fc from "fast-check";
       import { expect, test } from "vitest";
       import { attempt, bundled, createSimCluster, planArbitrary } from "quorate";
       import "quorate/vitest";
       const wishes = { target: bundled, faults: [], workload: "register", claimed: ["regular"] } as const;
       const sound = planArbitrary({ ...wishes, claimed: [], settings: bundled.defaults });
       test("holds", () => fc.assert(fc.asyncProperty(sound, async (plan) => {
         const attempted = await attempt(plan, createSimCluster(bundled), { evidence: true });
         expect(attempted).toHold();
         expect(attempted).not.toBreak("durable");
         expect(attempted).toBeJudged();
       }), { numRuns: 2, seed: 1 }));
       test("breaks", async () => {
         const [plan] = fc.sample(planArbitrary({ ...wishes, settings: { ...bundled.defaults, r: 1, w: 1 } }), { seed: 1, numRuns: 1 });
         if (plan === undefined) throw new Error("no plan");
         expect(await attempt(plan, createSimCluster(bundled), { evidence: true })).toBreak("regular");
       });`,
    );
    expect(vitest("matchers.test.ts").output).toContain("2 passed");
    expect(compile(consumer, "bundler", ["matchers.test.ts"], { libraries: "skipped" })).toBe("");
  });

  it("passes and fails through the plain function under node's own runner", () => {
    const test = (options: string): string =>
      `import { test } from "node:test";
       import { testPromises } from "quorate";
       test("promises", () => testPromises({ target: "bundled", on: "sim", seed: 1, ${options} }));`;
    consumer.write("sound.test.mjs", test("numRuns: 3"));
    consumer.node("--test", "sound.test.mjs");
    consumer.write("bug.test.mjs", test('numRuns: 200, bug: "merge-of-first"'));
    expect(() => consumer.node("--test", "bug.test.mjs")).toThrow(/npx quorate replay quorate:/);
  });
});

describe("quorate/checkers", () => {
  it("loads no package, neither Docker nor ws nor the command line", () => {
    const dist = join(consumer.folder, "node_modules/quorate/dist");
    const loaded = loadedFrom(join(dist, "checkers.js"));
    expect(loaded.packages).toEqual([]);
    // Shows that the measurement works: the whole library does load packages.
    expect(loadedFrom(join(dist, "index.js")).packages).toEqual(
      expect.arrayContaining(["ajv", "fast-check"]),
    );
  });
});

/**
 * The packages that a built file imports when it is loaded, directly or through its chunks. Modules of Node.js do not
 * count.
 */
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
