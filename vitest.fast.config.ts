import { defineConfig } from "vitest/config";
import whole from "./vitest.config.ts";

/**
 * `npm run test:fast` runs the tests that need no build, container, browser or socket, with a fifth of the random
 * cases.
 */
export default defineConfig({
  ...whole,
  test: {
    ...whole.test,
    include: [
      "test/{architecture,checkers,generators,reports,store}/**/*.test.ts",
      "test/harness/{platforms/simulator,run,search,targets}/**/*.test.ts",
    ],
    exclude: [
      "**/*.browser.test.ts",
      "test/store/real/**",
      "test/harness/targets/conformance/{containers,external}.test.ts",
      "test/harness/targets/**/real.test.ts",
    ],
    env: { QUORATE_TEST_SHARE: "0.2" },
    // The files share their modules: to load them anew for each small file takes longer than its tests.
    pool: "threads",
    isolate: false,
  },
});
