import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import SlowestFirst from "./test/support/slowest-first.ts";
import { bundledTextForVite } from "./tools/bundled-text.mjs";

/** Where a machine wants the results as JSON too (.ci/run). */
const results = process.env["QUORATE_TEST_RESULTS"];

export default defineConfig({
  // As users of the package write it.
  resolve: {
    alias: {
      "quorate/node": join(import.meta.dirname, "node/index.ts"),
      quorate: join(import.meta.dirname, "harness/index.ts"),
    },
  },
  plugins: [bundledTextForVite],
  test: {
    include: ["test/**/*.test.ts"],
    // Only what hangs is ended. A test has no limit of its own: whatever a quiet machine does in time, a busy one exceeds.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    pool: "forks",
    // Many files wait for containers, browsers and other processes: one more worker than the default of two cores,
    // which is one.
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
