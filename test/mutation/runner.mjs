/**
 * Stryker's test runner for the checkers. It bundles the tests in test/checkers once and runs them in one process that
 * stays, so each mutant costs only the time of the tests that reach it. Vitest's own runner starts anew for each
 * mutant. That takes a second each time, which is hours for all mutants.
 *
 * A mutant may leave something in the process that makes later tests fail. So a test that fails runs again without the
 * mutant. If it still fails, the run throws (after a test without end, the next run does), and Stryker starts a new
 * process and tries the mutant again. If a mutant makes the synchronous part of a test run without end,
 * the test is cut off. Stryker itself would wait as long as all tests may take and then start a new process, which costs
 * half a minute each time.
 *
 * QUORATE_MUTANTS_TESTS, a regular expression, leaves out the test files whose path below test/checkers does not match
 * the expression. QUORATE_TEST_SHARE sets the size of random tests, unless Stryker's options do. sample.mjs says which
 * mutants are left out.
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
  MutantRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { whyLeftOut } from "./sample.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const testsFolder = "test/checkers";

class InProcessRunner {
  static inject = tokens(commonTokens.options);
  /** @type {import("./collect.mjs").CollectedTest[]} */
  #tests = [];
  /** The duration of each test in the first run, in ms. Fast tests run first. */
  #tookMs = new Map();
  #isSpoilt = false;
  #switch = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

  constructor(options) {
    this.share = options.inProcess?.share ?? process.env["QUORATE_TEST_SHARE"] ?? "0.015";
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.env.QUORATE_TEST_SHARE = String(this.share);
    const files = readdirSync(testsFolder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .filter((file) => new RegExp(process.env["QUORATE_MUTANTS_TESTS"] ?? "").test(file))
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
    const errorMessage = whyLeftOut(activeMutant);
    if (errorMessage !== undefined) return { status: MutantRunStatus.Error, errorMessage };
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

/**
 * Makes imports of Vitest load `collect.mjs` instead. That file is not bundled, so the tests and this runner share one
 * copy.
 */
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

/** Replaces `import.meta.dirname` by the folder of the test. In a bundle it would be the folder of the bundle. */
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
