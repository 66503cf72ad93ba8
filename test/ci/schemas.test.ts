/**
 * Tests that the files for CI servers and Kubernetes match the schemas that those publish, and that the shell script
 * for Slurm parses.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { runsFolder } from "../harness/cli/support.ts";

const root = resolve(import.meta.dirname, "../..");

/**
 * Why a program is missing, or null if it is installed. check-jsonschema (PyPI) contains the schemas of GitHub and
 * GitLab, and kubernetes-validate those of Kubernetes.
 */
const missing = (program: string): string | null =>
  spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined
    ? null
    : `no ${program}: pip install ${program}`;

/** The program's complaints about the file, or "" if it has none. */
function complaints(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

const jsonSchema = missing("check-jsonschema");
describe.skipIf(jsonSchema !== null)(
  `files for CI servers${jsonSchema === null ? "" : ` (skipped: ${jsonSchema})`}`,
  () => {
    it.each([
      ["vendor.github-actions", "action.yml"],
      ["vendor.github-workflows", ".github/workflows/ci.yml"],
      ["vendor.github-workflows", ".github/workflows/publish.yml"],
      ["vendor.gitlab-ci", "ci/gitlab.yml"],
    ])("are valid by %s: %s", (schema, file) => {
      expect(complaints("check-jsonschema", "--builtin-schema", schema, file)).toBe("");
    });

    it("would be refused with a mistake in them", () => {
      const wrong = join(runsFolder(), "action.yml");
      const text = readFileSync(join(root, "action.yml"), "utf8");
      writeFileSync(wrong, text.replace("using: composite", "using: composit"));
      expect(
        complaints("check-jsonschema", "--builtin-schema", "vendor.github-actions", wrong),
      ).toContain("composit");
    });
  },
);

const kubernetes = missing("kubernetes-validate");
describe.skipIf(kubernetes !== null)(
  `the Kubernetes base${kubernetes === null ? "" : ` (skipped: ${kubernetes})`}`,
  () => {
    const base = join(root, "ci/kubernetes");

    it("names its resources, and each is valid", () => {
      const listed = [
        ...readFileSync(join(base, "kustomization.yaml"), "utf8").matchAll(/^ {2}- (\S+\.yaml)$/gm),
      ].map(([, name = ""]) => name);
      expect(listed.length).toBeGreaterThan(1);
      for (const name of listed) {
        expect(existsSync(join(base, name))).toBe(true);
        expect(complaints("kubernetes-validate", "--strict", join(base, name))).toBe("");
      }
    });

    it("would be refused with a mistake in it", () => {
      const wrong = join(runsFolder(), "job.yaml");
      const text = readFileSync(join(base, "job.yaml"), "utf8");
      writeFileSync(wrong, text.replace("completionMode:", "completionMood:"));
      expect(complaints("kubernetes-validate", "--strict", wrong)).toContain("completionMood");
    });

    it("says the number of its pods in one voice", () => {
      const text = readFileSync(join(base, "job.yaml"), "utf8");
      const [, completions] = /completions: (\d+)/.exec(text) ?? [];
      const [, told] = /QUORATE_COMPLETIONS\s+value: "(\d+)"/.exec(text) ?? [];
      expect(completions).toBeDefined();
      expect(told).toBe(completions);
    });
  },
);

describe("the shell scripts for clusters", () => {
  it("parse", () => {
    expect(() => execFileSync("sh", ["-n", join(root, "ci/slurm.sh")])).not.toThrow();
  });
});
