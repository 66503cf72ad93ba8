/**
 * Starts the slow test files first, so that at the end no worker still runs one alone, and the files that share threads
 * last.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * How many seconds slow files took on a machine with two cores. Files that are not listed follow in Vitest's own order.
 */
const seconds: Readonly<Record<string, number>> = {
  "harness/targets/cassandra/real": 181,
  "harness/planted-bugs/without-evidence": 150,
  "harness/targets/conformance/containers": 120,
  "harness/targets/garage/real": 86,
  "harness/planted-bugs/control": 85,
  "harness/cli/resume": 80,
  "attack/attack": 70,
  "harness/targets/etcd/real": 60,
  "harness/cli/docker-run": 60,
  "harness/planted-bugs/found": 60,
  "harness/planted-bugs/containers": 60,
  "harness/cli/jobs": 55,
  "harness/platforms/docker/sequences": 55,
  "harness/scenario/scenario": 50,
  "harness/cli/regressions": 50,
  "harness/cli/own-target": 45,
  "harness/platforms/docker/cluster": 45,
  "harness/platforms/docker/partitions": 45,
  "harness/platforms/docker/shrink": 40,
  "harness/cli/interrupted": 35,
  "harness/platforms/docker/own-node": 35,
  "ci/slurm": 33,
  "reports/page.browser": 30,
  "reports/accessibility.browser": 30,
  "attack/damaged-histories": 25,
  "harness/campaign/smallest": 25,
  "harness/cli/usage": 25,
  "harness/cli/bug-file": 25,
  "harness/platforms/process/examples": 25,
  "harness/cli/run-folder": 25,
  "harness/cli/trust": 20,
  "harness/platforms/docker/damage": 20,
  "harness/cli/merge": 20,
  "harness/cli/run": 20,
  "harness/cli/tutorial": 20,
};

export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    // The sort is stable, so files that are not listed stay in their order. Files that share threads come last, so that
    // their threads need not make room for other workers.
    const isSharing = ({ project }: TestSpecification): number => (project.config.isolate ? 0 : 1);
    return usual.sort((a, b) => isSharing(a) - isSharing(b) || secondsOf(b) - secondsOf(a));
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const name = /\/test\/(.+)\.test\.ts$/.exec(moduleId)?.[1];
  return name === undefined ? 0 : (seconds[name] ?? 0);
}
