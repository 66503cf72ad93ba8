import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import SlowestFirst from "./test/support/slowest-first.ts";
import { bundledTextForVite } from "./tools/bundled-text.mjs";

/** The file for the results as JSON, if they are wanted (.ci/run sets it). */
const results = process.env["QUORATE_TEST_RESULTS"];

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
    include: ["test/**/*.test.ts"],
    // These long limits only end tests that hang. Shorter limits would fail on a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    pool: "forks",
    // Many files wait for containers, browsers and other processes. So there are at least two workers; on two cores,
    // the default would be one.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: SlowestFirst },
    reporters: [
      "default",
      "./test/support/skipped-reporter.ts",
      ...(results === undefined ? [] : ["json" as const]),
    ],
    ...(results === undefined ? {} : { outputFile: { json: results } }),
  },
});
