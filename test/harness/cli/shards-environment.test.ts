import { describe, expect, it } from "vitest";
import { seedOfPipeline, shardFrom } from "../../../harness/cli/shards.ts";

/** For each CI system, the environment of the second of three jobs. */
const second = {
  "a Slurm array": {
    SLURM_ARRAY_TASK_ID: "12",
    SLURM_ARRAY_TASK_MIN: "10",
    SLURM_ARRAY_TASK_STEP: "2",
    SLURM_ARRAY_TASK_COUNT: "3",
    SLURM_ARRAY_JOB_ID: "77",
  },
  "an AWS Batch array": {
    AWS_BATCH_JOB_ARRAY_INDEX: "1",
    AWS_BATCH_JOB_ARRAY_SIZE: "3",
    AWS_BATCH_JOB_ID: "77:1",
  },
  "a Kubernetes Indexed Job": {
    JOB_COMPLETION_INDEX: "1",
    QUORATE_COMPLETIONS: "3",
    QUORATE_PIPELINE: "77",
  },
  GitLab: { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "3", CI_PIPELINE_ID: "77" },
  CircleCI: { CIRCLE_NODE_INDEX: "1", CIRCLE_NODE_TOTAL: "3", CIRCLE_WORKFLOW_ID: "77" },
  Buildkite: {
    BUILDKITE_PARALLEL_JOB: "1",
    BUILDKITE_PARALLEL_JOB_COUNT: "3",
    BUILDKITE_BUILD_ID: "77",
  },
  "Azure Pipelines": {
    SYSTEM_JOBPOSITIONINPHASE: "2",
    SYSTEM_TOTALJOBSINPHASE: "3",
    BUILD_BUILDID: "77",
  },
} as const;

describe("the shard of a job", () => {
  it.each(Object.entries(second))("is read from the variables of %s", (name, environment) => {
    expect(shardFrom(undefined, environment)).toEqual({ shard: { index: 1, of: 3 }, from: name });
  });

  it("is the whole where a runner runs one job alone, or none is there", () => {
    const whole = { shard: { index: 0, of: 1 } };
    expect(shardFrom(undefined, {})).toEqual(whole);
    expect(shardFrom(undefined, { CI_NODE_INDEX: "1", CI_NODE_TOTAL: "1" })).toEqual(whole);
    expect(shardFrom(undefined, { JOB_COMPLETION_INDEX: "1" })).toEqual(whole);
  });

  it("is that of --shard before that of the environment", () => {
    expect(shardFrom("1/2", second.GitLab)).toEqual({ shard: { index: 0, of: 2 } });
    expect(shardFrom("1/1", second.GitLab)).toEqual({ shard: { index: 0, of: 1 } });
  });

  it("is refused where the environment names a place that does not exist", () => {
    expect(() => shardFrom(undefined, { CI_NODE_INDEX: "4", CI_NODE_TOTAL: "3" })).toThrow(
      /bad-shard: expected GitLab to give a place from 1 to 3; got place 4/,
    );
  });
});

describe("the seed of a pipeline", () => {
  const shard = { index: 1, of: 3 };

  it.each(Object.entries(second))("is one for all jobs of %s, and another elsewhere", (_, own) => {
    const { seed } = seedOfPipeline(shard, own);
    expect(seedOfPipeline({ index: 2, of: 3 }, own).seed).toBe(seed);
    expect(seed).toBeLessThan(2 ** 31);
    const other = Object.fromEntries(
      Object.entries(own).map(([name, value]) => [name, value.replace("77", "78")]),
    );
    expect(seedOfPipeline(shard, other).seed).not.toBe(seed);
  });

  it("is there for GitHub and Jenkins, whose jobs name their part themselves", () => {
    expect(seedOfPipeline(shard, { GITHUB_RUN_ID: "77" }).from).toBe("GitHub Actions, pipeline 77");
    expect(seedOfPipeline(shard, { BUILD_TAG: "jenkins-x-1" }).from).toContain("Jenkins");
  });

  it("is the same for all children of a Batch array", () => {
    const child = (id: string): number => seedOfPipeline(shard, { AWS_BATCH_JOB_ID: id }).seed;
    expect(child("77:0")).toBe(child("77:2"));
  });

  it("is refused without a pipeline: each shard would draw its own", () => {
    expect(() => seedOfPipeline(shard, {})).toThrow(/shard-without-seed/);
  });
});
