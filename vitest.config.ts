import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import SlowestFirst from "./test/support/slowest-first.ts";
import { bundledTextForVite } from "./tools/bundled-text.mjs";

/** The file for the results as JSON, if they are wanted (.ci/run sets it). */
const results = process.env["QUORATE_TEST_RESULTS"];

/**
 * Test files that run in processes of their own. Most of them need a build, containers, a browser, sockets or other
 * processes.
 */
const apart = [
  "test/*.test.ts",
  "test/!(architecture|checkers|generators|harness|reports|store)/**/*.test.ts",
  "test/harness/*.test.ts",
  "test/harness/!(platforms|run|search|targets)/**/*.test.ts",
  "test/harness/platforms/!(simulator)/**/*.test.ts",
  "test/harness/targets/**/real.test.ts",
  "test/harness/targets/conformance/{containers,external}.test.ts",
  "test/store/real/**/*.test.ts",
  "test/**/*.browser.test.ts",
];

/**
 * All other test files. They share modules and threads, since loading the modules for each file takes longer than most
 * tests.
 */
export const sharing = {
  include: ["test/**/*.test.ts"],
  exclude: apart,
  pool: "threads" as const,
  isolate: false,
};

export default defineConfig({
  // Tests import quorate by the names that users of the package write.
  resolve: {
    alias: {
      "quorate/node": join(import.meta.dirname, "node/index.ts"),
      quorate: join(import.meta.dirname, "harness/index.ts"),
    },
  },
  plugins: [bundledTextForVite],
  test: {
    projects: [
      { extends: true, test: { name: "apart", include: apart, pool: "forks" } },
      { extends: true, test: { name: "sharing", ...sharing } },
    ],
    // These long limits only end tests that hang. Shorter limits would fail on a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    // Many files wait for containers, browsers and other processes. So there is one worker more than cores.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowestFirst },
    reporters: [
      "default",
      "./test/support/skipped-reporter.ts",
      ...(results === undefined ? [] : ["json" as const]),
    ],
    ...(results === undefined ? {} : { outputFile: { json: results } }),
  },
});
