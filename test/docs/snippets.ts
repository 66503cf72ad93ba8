/** The code blocks of the documents, and how a test treats each command in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** The tested pages. Generated pages are left out, since they have no commands of their own. */
export const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !/^(?:api|reference)\//.test(name))
    .map((name) => join("docs", name)),
  "examples/own-store/README.md",
  "examples/quorum-register/README.md",
  "store/README.md",
];

export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

export const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(
    ([, language = "", text = ""]) => ({ page, language, text }),
  ),
);

/** The commands of all pages, each in one line and without comments. */
export const commands: readonly string[] = [
  ...new Set(
    blocks
      .filter(({ language }) => language === "sh")
      .flatMap(({ text }) =>
        text
          .replaceAll(/\\\n\s*/g, "")
          .split("\n")
          .map((line) => line.replace(/\s+#.*$/, "").trim())
          .filter((line) => line !== ""),
      ),
  ),
];

export type How =
  /**
   * The test runs the command in a folder with the files that the page uses, and expects the exit status `exits`. `few`
   * limits the number of histories, to save time.
   */
  | { readonly exits: number; readonly few?: number }
  /** Another test runs the command or one like it. */
  | { readonly elsewhere: string }
  /** A script of package.json. The test only checks that it exists. */
  | { readonly script: string }
  | { readonly notHere: string };

const engine = "needs a container engine";
const realStore = "needs the image of a real store, which takes minutes";
const mutants = "a sample of mutants takes minutes";
const ownCluster = "needs a cluster that already runs";

/** How each command of the documents is tested. A command that no test runs has a reason. */
export const known: Readonly<Record<string, How>> = {
  "npm ci && npm start": { script: "start" },
  "npm ci": { script: "test" },
  "npm run build": { script: "build" },
  "npm run test:fast": { script: "test:fast" },
  "export QUORATE_TEST_SHARE=0.03 QUORATE_MUTANTS_SAMPLE=91:8 QUORATE_MUTANTS_TESTS='^(set/|durable/|foreign/|workloads/own)'":
    { notHere: mutants },
  "npm run mutation -- --mutate 'checkers/set/*.ts,checkers/durable/durable-elements.ts,checkers/durable/set-full.ts'":
    { notHere: mutants },
  "node test/mutation/score.mjs": { notHere: mutants },
  "npx quorate run --on sim --bug merge-of-first": { exits: 1 },

  "npx quorate run --target harness/targets/template/target.ts --on docker --histories 3 --faults partition,kill,pause":
    { elsewhere: "test/harness/targets/conformance/containers.test.ts" },
  "npx quorate run --target examples/templates/quorate.config.ts": { exits: 0, few: 3 },
  "npx quorate run --target examples/templates/quorate.config.ts --faults freeze-pair": {
    exits: 0,
    few: 3,
  },
  "npx quorate run --target examples/templates/quorate.config.ts --histories 5": { exits: 0 },
  "npx quorate hunt examples/templates/bug.ts --on sim --max 20": {
    elsewhere: "test/docs/templates.test.ts",
  },
  "npx quorate hunt examples/templates/bug.ts --on sim --control": {
    elsewhere: "test/docs/templates.test.ts",
  },
  "npx quorate run --target bundled --workload set --on sim --histories 50": { exits: 0, few: 3 },
  "npx quorate run --target bundled --workload set --on sim --histories 200 --bug merge-of-first": {
    exits: 1,
  },

  "npx quorate check store/latest/": { exits: 0 },
  "npx quorate check history.edn other.jsonl.gz": { exits: 0 },
  "podman system service --time=0 unix:///run/podman/podman.sock &": {
    elsewhere: "test/harness/cli/podman.test.ts",
  },
  "DOCKER_HOST=unix:///run/podman/podman.sock npx quorate run --on docker": {
    elsewhere: "test/harness/cli/podman.test.ts",
  },
  "my-test | npx quorate check -": { elsewhere: "test/harness/cli/check.test.ts" },
  "./maelstrom test -w lin-kv --bin my-node --time-limit 10": { notHere: "needs Maelstrom" },

  "npx quorate run --histories 1000 --shard 1/8 --out runs": {
    elsewhere: "test/harness/cli/merge.test.ts",
  },
  "npx quorate merge DIR… --out merged --junit quorate.xml": {
    elsewhere: "test/harness/cli/merge.test.ts",
  },
  "npx quorate merge runs --out merged": { elsewhere: "test/harness/cli/merge.test.ts" },
  "npx quorate merge RUNS --out merged": { elsewhere: "test/harness/cli/merge.test.ts" },
  "sbatch ci/slurm.sh": { notHere: "needs a Slurm cluster" },
  "kubectl apply -k ci/kubernetes": { notHere: "needs a Kubernetes cluster" },
  "kubectl wait --for=condition=complete job/quorate --timeout=2h": {
    notHere: "needs a Kubernetes cluster",
  },
  "npx quorate run --target cassandra --histories 100 --seed 7": { notHere: realStore },
  "npx quorate run --resume runs/20261130-000721-7": {
    elsewhere: "test/harness/cli/resume.test.ts",
  },

  "npx quorate run --target maelstrom --bin ./node.py --workload lin-kv --faults partition,kill,pause -- arguments of the program":
    { elsewhere: "test/harness/targets/maelstrom" },
  "npx quorate maelstrom test -w broadcast --bin ./broadcast.py --time-limit 5 --rate 10 --node-count 5 --nemesis partition":
    { elsewhere: "test/harness/targets/maelstrom" },
  "npx quorate run --target maelstrom --bin ./echo.ts --workload echo": { exits: 0, few: 1 },
  "npx quorate run --target maelstrom --bin ./local.ts --workload register --on sim": { exits: 1 },
  "npx quorate run --target maelstrom --bin ./majority.ts --workload register --on sim --histories 500":
    { exits: 1 },
  "npx quorate run --target maelstrom --bin examples/quorum-register/node.ts --workload register --on sim --histories 1000 --faults partition,kill,pause,loss,duplicate,delay,reorder,message":
    { exits: 0, few: 10 },
  "npx quorate run --target maelstrom --bin examples/quorum-register/node.ts --workload register --on sim --histories 3000":
    { exits: 0, few: 10 },
  "npx quorate run --target maelstrom --bin examples/quorum-register/node.ts --workload register --faults partition,kill,pause":
    { exits: 0, few: 1 },
  "npx quorate run --target maelstrom --bin examples/quorum-register/node.py --workload register -- --stale-reads":
    { elsewhere: "test/harness/targets/maelstrom" },
  "cd examples/quorum-register && go build -o /tmp/quorum-register .": { notHere: "needs Go" },
  "npx quorate run --target maelstrom --bin /tmp/quorum-register --workload register": {
    notHere: "needs Go",
  },

  "cp -r node_modules/quorate/examples/own-store . && cd own-store": {
    elsewhere: "test/package/consumer.test.ts",
  },
  "cp -r examples/own-store ~/own-store && cd ~/own-store": {
    elsewhere: "test/package/consumer.test.ts",
  },
  "npm install quorate vitest": { elsewhere: "test/package/consumer.test.ts" },
  "OWN_STORE_WEAK=1 npx quorate run --histories 20": { notHere: engine },
  "npx quorate hunt quorum-off-by-one recovery-stops-early merge-of-first lww-arrival-order sibling-explosion repair-not-awaited reap-one-side hint-counts-as-replica merkle-unstable-hash future-clock-wins --on docker --seed 8 --max 20 --json":
    { notHere: engine },

  "npx quorate doctor": { elsewhere: "test/harness/cli/doctor.test.ts" },
  "npx quorate run": { notHere: engine },

  "npm install cassandra-driver": { notHere: "a package for the next command" },
  "npx quorate run --target cassandra --histories 20": { notHere: realStore },
  "npx quorate run --target cassandra --workload cas": { notHere: realStore },
  "npx quorate scenario --target cassandra all": { notHere: realStore },
  "npx quorate run --target cassandra --on external --addresses 10.0.0.1:9042,10.0.0.2:9042,10.0.0.3:9042 --set repair=false":
    { notHere: ownCluster },
  "npx quorate run --target etcd --histories 20": { notHere: realStore },
  "npx quorate run --target etcd --workload cas": { notHere: realStore },
  "npx quorate run --target etcd --workload txn-list-append": { notHere: realStore },
  "npx quorate scenario --target etcd all": { notHere: realStore },
  "npx quorate run --target etcd --on external --addresses 10.0.0.1:2379,10.0.0.2:2379,10.0.0.3:2379":
    { notHere: ownCluster },
  "npm install aws4": { notHere: "a package for the next command" },
  "npx quorate run --target garage --histories 20": { notHere: realStore },
  "npx quorate run --target garage --workload set": { notHere: realStore },
  "npx quorate scenario --target garage all": { notHere: realStore },

  "npx quorate run --on sim --bug read-short-quorum --seed 11 --histories 60": {
    elsewhere: "test/harness/cli/tutorial.test.ts",
  },
  "npx quorate replay runs/<the folder it named>": {
    elsewhere: "test/harness/cli/tutorial.test.ts",
  },
};

/** Blocks of code that are not whole programs, each with the reason. Only their syntax is checked. */
export const fragments: Readonly<Record<string, string>> = {
  "declare module": "the middle of generators/workloads/set.ts, which the page links to",
  "export const expected": "a planted bug without types, as it may be written",
  "/** A write counts as acknowledged": "names a path inside store/",
  "node.append(": "two lines of examples/quorum-register/node.ts",
  'import target from "./target.ts"': "needs the target of the reader",
};

/** The blocks of code that must type-check in a reader's own project. A test in test/package checks this. */
export const programs: readonly Block[] = blocks.filter(
  ({ language, text }) =>
    language === "ts" && !Object.keys(fragments).some((start) => text.includes(start)),
);
