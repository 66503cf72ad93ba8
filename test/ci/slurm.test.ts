/** Tests a campaign as a Slurm array. One of its tasks is killed and started again. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "../harness/cli/support.ts";
import { type SlurmCluster, slurmMissing, startSlurm, until } from "./slurm-cluster.ts";

const missing = slurmMissing();
const program = resolve(import.meta.dirname, "../../dist/quorate.js");
const shards = 8;
const asked = ["--on", "sim", "--histories", "160", "--set", "r=1", "--set", "w=1"];

describe.skipIf(missing !== null)(
  `a campaign on Slurm${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let slurm: SlurmCluster | undefined;
    beforeAll(async () => {
      slurm = await startSlurm();
    });
    afterAll(() => slurm?.stop());

    it("in eight tasks, one killed and started again, gives the hashes of one run", async () => {
      if (slurm === undefined) throw new Error("expected Slurm to run");
      const { run: command } = slurm;
      const folder = mkdtempSync(join(tmpdir(), "quorate-array-"));
      const runs = join(folder, "runs");
      const script = join(folder, "array.sh");
      // In its first run, task 3 stops in the middle, so that the test can kill it there.
      writeFileSync(
        script,
        `#!/bin/sh
${JSON.stringify(process.execPath)} ${program} run ${asked.join(" ")} --out ${runs} &
child=$!
if [ "$SLURM_ARRAY_TASK_ID" = 3 ] && [ -z "$SLURM_RESTART_COUNT" ]; then
  until ls ${runs}/*shard3of8*/campaign.json >/dev/null 2>&1; do :; done
  kill -STOP $child
  touch ${folder}/stopped
fi
wait $child
`,
      );
      chmodSync(script, 0o755);
      const id = command(
        "sbatch",
        ...["--parsable", `--array=1-${shards}`, "--requeue", "--chdir", folder],
        ...[`--output=${folder}/%a.log`, "--open-mode=append", script],
      ).trim();
      await until(() => existsSync(join(folder, "stopped")));
      command("scontrol", "requeue", `${id}_3`);
      // Without this, Slurm would start the task again only after two minutes.
      const third = ["--noheader", `--jobs=${id}_3`, "--format=%T"];
      await until(() => command("squeue", ...third).trim() === "PENDING");
      command("scontrol", "update", `JobId=${id}_3`, "StartTime=now");
      await until(() => command("squeue", "--noheader", `--jobs=${id}`).trim() === "");

      const [first = ""] = readdirSync(runs);
      const { seed } = JSON.parse(readFileSync(join(runs, first, "campaign.json"), "utf8")) as {
        readonly seed: number;
      };
      const merged = await quorate(["merge", runs, "--out", join(folder, "merged"), "--json"]);
      expect(merged.stderr).toContain("was cut off");
      const { run } = documentOf(merged) as { readonly run: string };
      const { histories } = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8")) as {
        readonly histories: readonly { readonly hash: string }[];
      };
      const whole = await quorate(
        ["run", ...asked, "--seed", `${seed}`, "--out", runsFolder(), "--json"],
        { QUORATE_SHARD: "" },
      );
      expect(histories).toHaveLength(160);
      expect(histories.map(({ hash }) => hash)).toEqual(documentOf(whole)["hashes"]);
    });
  },
);
