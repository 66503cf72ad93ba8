/**
 * Stryker's test runner for the checkers: all tests bundled once, into one process that stays, so that a mutant costs
 * the tests that reach it and nothing else. Vitest's own runner starts its machinery anew for each mutant: a second
 * each, hours for all of them.
 *
 * A mutant may leave something behind in that process that makes later tests fail. So a test that fails runs again
 * without the mutant; where it still fails, the run throws: Stryker then starts a new process and tries that mutant
 * again. A mutant that runs without end is cut off within its test; Stryker's own way, to wait for as long as all tests
 * may take and to start a new process, costs half a minute each.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { runInThisContext } from "node:vm";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { PluginKind, commonTokens, declareClassPlugin, tokens } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";

const here = dirname(fileURLToPath(import.meta.url));
const testsFolder = "test/checkers";

class InProcessRunner {
  static inject = tokens(commonTokens.options);
  /** @type {import("./collect.mjs").CollectedTest[]} */
  #tests = [];
  /** The duration of each test in the first run, in ms. Quick ones run first. */
  #tookMs = new Map();
  #isSpoilt = false;
  #switch = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

  constructor(options) {
    this.share = options.inProcess?.share ?? "0.015";
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.env.QUORATE_TEST_SHARE = String(this.share);
    const files = readdirSync(testsFolder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .sort();
    const outdir = resolve(".in-process");
    await build({
      absWorkingDir: process.cwd(), // esbuild otherwise takes the folder that this process started in
      entryPoints: files.map((file) => join(testsFolder, file)),
      outbase: testsFolder,
      outdir,
      bundle: true,
      splitting: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
      plugins: [inPlaceOfVitest, keepsFolderNames],
    });
    const { collected, startFile } = await import(pathToFileURL(join(here, "collect.mjs")).href);
    for (const file of files) {
      startFile(file);
      await import(pathToFileURL(join(outdir, file.replace(/\.ts$/, ".mjs"))).href);
    }
    this.#tests = collected;
  }

  async dryRun() {
    const tests = [];
    for (const test of this.#tests) {
      this.#switch.currentTestId = test.id;
      const started = performance.now();
      const failure = await failureOf(test);
      const timeSpentMs = performance.now() - started;
      this.#tookMs.set(test.id, timeSpentMs);
      this.#switch.currentTestId = undefined;
      const about = {
        id: test.id,
        name: test.id,
        timeSpentMs,
        fileName: resolve(testsFolder, test.file),
      };
      tests.push(
        failure === null
          ? { ...about, status: TestStatus.Success }
          : { ...about, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#switch.mutantCoverage };
  }

  async mutantRun({ testFilter, hitLimit, activeMutant }) {
    if (this.#isSpoilt) throw new Error("what was cut off left something behind");
    const asked = testFilter === undefined ? null : new Set(testFilter);
    const chosen = this.#tests
      .filter(({ id }) => asked === null || asked.has(id))
      .sort((a, b) => (this.#tookMs.get(a.id) ?? 0) - (this.#tookMs.get(b.id) ?? 0));
    const tests = [];
    this.#switch.hitLimit = hitLimit;
    this.#switch.hitCount = 0;
    for (const test of chosen) {
      this.#switch.activeMutant = activeMutant.id;
      const failure = await failureOf(test, 2000 + 10 * (this.#tookMs.get(test.id) ?? 500));
      this.#switch.activeMutant = undefined;
      const about = { id: test.id, name: test.id, timeSpentMs: 0 };
      tests.push(
        failure === null
          ? { ...about, status: TestStatus.Success }
          : { ...about, status: TestStatus.Failed, failureMessage: failure },
      );
      if (failure === null) continue;
      const timeout =
        failure === cutOff
          ? { status: DryRunStatus.Timeout, reason: cutOff }
          : determineHitLimitReached(this.#switch.hitCount, hitLimit);
      this.#switch.hitCount = undefined;
      const still = await failureOf(test);
      this.#isSpoilt = still !== null;
      if (timeout !== undefined) return toMutantRunResult(timeout);
      if (still !== null)
        throw new Error(
          `${test.id} fails without a mutant too, after what mutants left behind: ${still}`,
        );
      break;
    }
    this.#switch.hitCount = undefined;
    return toMutantRunResult({ status: DryRunStatus.Complete, tests });
  }
}

const cutOff = "it took too long and was cut off";

/** @param {import("./collect.mjs").CollectedTest} test */
async function failureOf(test, timeoutMs = 600_000) {
  try {
    globalThis.runTestOfMutant = () => test.run();
    await runInThisContext("runTestOfMutant()", { timeout: Math.ceil(timeoutMs) });
    return null;
  } catch (error) {
    if (error?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return cutOff;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Imports of Vitest lead to `collect.mjs`, which is not bundled, so that this runner shares it. */
const inPlaceOfVitest = {
  name: "in place of Vitest",
  setup(bundle) {
    bundle.onResolve({ filter: /^vitest$/ }, ({ importer }) =>
      importer === "in place of vitest"
        ? { path: "vitest", external: true }
        : { path: "in place of vitest", namespace: "quorate" },
    );
    bundle.onResolve({ filter: /collect\.mjs$/, namespace: "quorate" }, ({ path }) => ({
      path,
      external: true,
    }));
    bundle.onLoad({ filter: /.*/, namespace: "quorate" }, () => ({
      contents: `export { expect, vi } from "vitest"; export * from ${JSON.stringify(pathToFileURL(join(here, "collect.mjs")).href)};`,
      resolveDir: process.cwd(),
    }));
  },
};

/** In a bundle `import.meta.dirname` would be the bundle's folder. */
const keepsFolderNames = {
  name: "keeps folder names",
  setup(bundle) {
    bundle.onLoad({ filter: /\.test\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        "import.meta.dirname",
        JSON.stringify(dirname(path)),
      ),
      loader: "ts",
    }));
  },
};

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner),
];
