import { defineConfig } from "vitest/config";

/** The tests that a mutant of checkers/ must get past (stryker.config.mjs). */
export default defineConfig({
  test: {
    include: ["test/checkers/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    fileParallelism: false,
    testTimeout: 120_000,
    env: { QUORATE_TEST_SHARE: "0.015" },
  },
});
