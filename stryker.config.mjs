// Mutation testing of the checkers, outside CI: `npm run mutation`, or `npm run mutation -- --mutate
// checkers/register/ladder.ts` for one file.
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  testRunner: "in-process",
  plugins: ["./test/mutation/runner.mjs"],
  mutate: ["checkers/**/*.ts"],
  // Only what the checkers' tests need is copied. Without tsconfig.json Stryker asks nothing of the compiler, whose
  // version 7 has no API for it.
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
