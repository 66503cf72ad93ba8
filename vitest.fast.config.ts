import { defineConfig } from "vitest/config";
import whole, { sharing } from "./vitest.config.ts";

const { projects: _, ...test } = whole.test ?? {};

/** `npm run test:fast`: what needs no build, container, browser or socket, with a fifth of the random cases. */
export default defineConfig({
  ...whole,
  test: { ...test, ...sharing, env: { QUORATE_TEST_SHARE: "0.2" } },
});
