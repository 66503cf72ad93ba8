/** quorate in a test suite of any runner. */
export { attachmentsOf, BrokenPromiseError } from "./broken-promise-error.ts";
export { type AttemptMatchers, matchers, type MatcherResult } from "./matchers.ts";
export { type SuiteOptions, type SuiteResult, testPromises } from "./test-promises.ts";
