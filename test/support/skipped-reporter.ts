/** Lists every skipped test at the end, so that no test is left out unnoticed. */
import type { Reporter, TestModule } from "vitest/node";

export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].map(
        (test) => `${module.relativeModuleId} > ${test.fullName}`,
      ),
    );
    if (skipped.length > 0)
      console.log(
        ["", `Skipped (${skipped.length}):`, ...skipped.map((name) => `  ${name}`), ""].join("\n"),
      );
  }
}
