/// <reference types="node" preserve="true" />
/**
 * quorate/vitest: one call makes a test, and `expect(attempt)` has `toHold`, `toBreak` and `toBeJudged`.
 *
 * @module vitest
 */
import { expect, test, type TestContext } from "vitest";
import {
  attachmentsOf,
  type AttemptMatchers,
  BrokenPromiseError,
  matchers,
  type SuiteOptions,
  testPromises,
} from "./index.ts";

export type { AttemptMatchers, SuiteOptions } from "./index.ts";

declare module "vitest" {
  interface Matchers<T> extends AttemptMatchers<T> {}
}

expect.extend(matchers);

/** The options of `testPromises`, and Vitest's `timeout`: how long the test may take, in ms. Default: 10 minutes. */
export interface VitestOptions extends SuiteOptions {
  readonly timeout?: number;
}

const usualTimeoutMs = 600_000;

/**
 * Makes a test of a store's promises. If a promise is broken, the test fails with the smallest case and attaches its
 * report.
 *
 * @param name The test's title.
 * @param options As for `testPromises`, and Vitest's `timeout`.
 * @example
 * import { quorate } from "quorate/vitest";
 *
 * quorate("keeps its promises", { target: "quorate.config.ts", faults: ["partition", "kill"], numRuns: 20 });
 */
export function quorate(name: string, options: VitestOptions = {}): void {
  make(test, name, options);
}

/** Like `quorate`, but the test is skipped (`skip`), or runs as the only test of its file (`only`). */
quorate.skip = (name: string, options: VitestOptions = {}): void => make(test.skip, name, options);
quorate.only = (name: string, options: VitestOptions = {}): void => make(test.only, name, options);

type Make = (
  name: string,
  options: { readonly timeout: number },
  body: (context: TestContext) => Promise<void>,
) => void;

function make(run: Make, name: string, options: VitestOptions): void {
  run(name, { timeout: options.timeout ?? usualTimeoutMs }, bodyOf(options));
}

function bodyOf(options: VitestOptions): (context: TestContext) => Promise<void> {
  return async (context) => {
    try {
      await testPromises(options);
    } catch (error) {
      if (error instanceof BrokenPromiseError)
        for (const attachment of attachmentsOf(error))
          await context.annotate("quorate's report", attachment);
      throw error;
    }
  };
}
