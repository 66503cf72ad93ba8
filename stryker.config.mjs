// Mutation testing of the checkers. It does not run in CI: `npm run mutation`, or for one file `npm run mutation --
// --mutate checkers/register/ladder.ts`.
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  testRunner: "in-process",
  plugins: ["./test/mutation/runner.mjs"],
  mutate: ["checkers/**/*.ts"],
  // Only the files that the checkers' tests need are copied. tsconfig.json is not: with it, Stryker would call the
  // compiler's API, which version 7 of the compiler lacks.
  ignorePatterns: [
    "*",
    "!checkers",
    "!checkers/**",
    "!docs",
    "!docs/check.md",
    "!test",
    "!test/checkers",
    "!test/checkers/**",
    "!test/fixtures",
    "!test/fixtures/**",
    "!package.json",
  ],
  tempDirName: ".stryker-tmp",
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 1,
  timeoutMS: 2_000,
  timeoutFactor: 2,
  reporters: ["clear-text", "json"],
  clearTextReporter: {
    allowColor: false,
    logTests: false,
    reportTests: false,
    reportScoreTable: true,
  },
  jsonReporter: { fileName: "runs/mutation/mutation.json" },
  allowEmpty: true,
};
