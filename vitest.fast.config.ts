import { defineConfig } from "vitest/config";
import whole, { sharing } from "./vitest.config.ts";

const { projects: _, ...test } = whole.test ?? {};

/**
 * `npm run test:fast` runs most of the tests that need no build, container or browser, with a fifth of the random
 * cases.
 */
export default defineConfig({
  ...whole,
  test: { ...test, ...sharing, env: { QUORATE_TEST_SHARE: "0.2" } },
});
