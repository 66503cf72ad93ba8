/**
 * Finds the shard of this process and the seed that all shards share, from flags or from the CI system that runs the
 * job.
 */
import { createHash } from "node:crypto";
import { usage } from "./exit.ts";
import { shardOf } from "./values.ts";

export interface Shard {
  /** The shard's number, counted from 0. */
  readonly index: number;
  readonly of: number;
}

/** A CI system or scheduler that starts a job several times and numbers the copies. */
interface Runner {
  readonly name: string;
  /** The shard of this process. Undefined outside of this system, or if the system does not number the job. */
  readonly shard: (environment: NodeJS.ProcessEnv) => Shard | undefined;
  /**
   * A text that all jobs of one pipeline share, and that other pipelines do not have. Also defined if the system gives
   * no shard.
   */
  readonly pipeline: (environment: NodeJS.ProcessEnv) => string | undefined;
}

/** Reads the shard from two variables: the job's index, which counts from `base`, and the number of jobs. */
const numbered =
  (index: string, count: string, base: 0 | 1): Runner["shard"] =>
  (environment) => {
    const at = wholeOf(environment[index]);
    const of = wholeOf(environment[count]);
    return at === undefined || of === undefined ? undefined : { index: at - base, of };
  };

const variable =
  (name: string): Runner["pipeline"] =>
  (environment) =>
    filled(environment[name]);

/** The systems in order: a Slurm task may run inside a CI job, so the more specific systems come first. */
const runners: readonly Runner[] = [
  {
    name: "the environment (QUORATE_SHARD)",
    shard: ({ QUORATE_SHARD: text }) =>
      text === undefined || text === "" ? undefined : shardOf(text, "QUORATE_SHARD"),
    pipeline: variable("QUORATE_PIPELINE"),
  },
  {
    name: "a Slurm array",
    shard: (environment) => {
      const id = wholeOf(environment["SLURM_ARRAY_TASK_ID"]);
      const of = wholeOf(environment["SLURM_ARRAY_TASK_COUNT"]);
      if (id === undefined || of === undefined) return undefined;
      const least = wholeOf(environment["SLURM_ARRAY_TASK_MIN"]) ?? 0;
      const step = wholeOf(environment["SLURM_ARRAY_TASK_STEP"]) ?? 1;
      return { index: (id - least) / step, of };
    },
    pipeline: variable("SLURM_ARRAY_JOB_ID"),
  },
  {
    name: "an AWS Batch array",
    shard: numbered("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0),
    // A child's id is its parent's id, a colon and its index.
    pipeline: ({ AWS_BATCH_JOB_ID: id }) => filled(id?.split(":", 1)[0]),
  },
  {
    name: "a Kubernetes Indexed Job",
    // Kubernetes gives a pod its index but not the number of pods. The Job's manifest sets both variables.
    shard: numbered("JOB_COMPLETION_INDEX", "QUORATE_COMPLETIONS", 0),
    pipeline: variable("QUORATE_PIPELINE"),
  },
  {
    name: "GitLab",
    shard: numbered("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    pipeline: variable("CI_PIPELINE_ID"),
  },
  {
    name: "CircleCI",
    shard: numbered("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    pipeline: variable("CIRCLE_WORKFLOW_ID"),
  },
  {
    name: "Buildkite",
    shard: numbered("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    pipeline: variable("BUILDKITE_BUILD_ID"),
  },
  {
    name: "Azure Pipelines",
    shard: numbered("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1),
    pipeline: variable("BUILD_BUILDID"),
  },
  // These systems give jobs no index, so their jobs use --shard or QUORATE_SHARD.
  { name: "GitHub Actions", shard: () => undefined, pipeline: variable("GITHUB_RUN_ID") },
  { name: "Jenkins", shard: () => undefined, pipeline: variable("BUILD_TAG") },
];

/**
 * The shard of this process.
 *
 * @param flag The value of --shard, which wins over the environment.
 * @returns The shard. If neither the flag nor the environment names a part, it is the whole campaign. `from` is the
 * name of the environment that named the part.
 */
export function shardFrom(
  flag: string | undefined,
  environment: NodeJS.ProcessEnv,
): { readonly shard: Shard; readonly from?: string } {
  if (flag !== undefined) return { shard: shardOf(flag) };
  for (const { name, shard } of runners) {
    const found = shard(environment);
    if (found === undefined || found.of === 1) continue;
    const { index, of } = found;
    if (Number.isInteger(index) && index >= 0 && index < of) return { shard: found, from: name };
    throw usage({
      code: "bad-shard",
      expected: `${name} to give a place from 1 to ${of}`,
      got: `place ${index + 1}`,
      hint: "Name the shard yourself: --shard I/N",
    });
  }
  return { shard: { index: 0, of: 1 } };
}

/**
 * A seed that all shards of one pipeline agree on.
 *
 * @throws UsageError if the environment names no pipeline, since each shard would then draw its own seed.
 */
export function seedOfPipeline(
  { index, of }: Shard,
  environment: NodeJS.ProcessEnv,
): { readonly seed: number; readonly from: string } {
  for (const { name, pipeline } of runners) {
    const id = pipeline(environment);
    if (id !== undefined)
      return {
        seed: createHash("sha256").update(`${name} ${id}`).digest().readUInt32BE() >>> 1,
        from: `${name}, pipeline ${id}`,
      };
  }
  throw usage({
    code: "shard-without-seed",
    expected: "one seed for all shards: --seed S, or a pipeline whose id gives the seed",
    got: `shard ${index + 1} of ${of}, without --seed and without a pipeline’s id`,
    hint: "Give each shard the same --seed, or set QUORATE_PIPELINE to the same text in all of them",
  });
}

/** Treats an empty variable as unset. */
const filled = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

const wholeOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
