import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real clusters of containers and real browsers start inside tests; nothing asserts on how long they take.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
  },
});
