/** `quorate doctor`: says what runs on this machine would lack, why, and how to get it. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Kinds } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { docker } from "../platforms/docker/platform.ts";
import { cannotMake } from "../run/index.ts";
import { targetNamed } from "../targets/registry.ts";
import { chooseTarget } from "./chosen-target.ts";
import { stopping } from "./engine.ts";
import { exit, failureOf } from "./exit.ts";
import { createOutput } from "./output.ts";

/**
 * What `doctor` found about one requirement. In the state `left-out`, runs work without it. In the state `missing`, no
 * run in containers is possible.
 */
export interface Finding {
  readonly about: string;
  readonly state: "ok" | "left-out" | "missing";
  /** What was found, in a few words for people. */
  readonly what: string;
  readonly howToGet?: string;
}

interface DoctorFlags {
  readonly target?: string;
  readonly out: string;
  readonly json?: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("list what this machine lacks for runs, why, and how to get it")
    .option("--target <NAME|FILE>", "the target that should run on this machine")
    .option("--out <DIR>", "the folder where runs are kept", "runs")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .addHelpText("after", "\nexit status: 0, or 70 where no run in containers is possible")
    .action(async (flags: DoctorFlags) => {
      process.exitCode = await doctor(flags);
    });
}

async function doctor(flags: DoctorFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { target, kinds } = await chooseTarget(flags.target, output.say);
  // A target without containers needs no engine, so the engine is tried with the bundled store.
  const tried = target.containers === undefined ? targetNamed("bundled") : target;
  const findings = [
    nodeFinding(),
    ...(await engineFindings(tried, kinds, output.say)),
    await portFinding(),
    await roomFinding("the folder where runs are kept", flags.out),
    await roomFinding("temporary files", tmpdir()),
    ...optionalPackages.map(packageFinding),
  ];
  const isFit = findings.every(({ state }) => state !== "missing");
  output.document({ ok: isFit, findings });
  if (!output.json) {
    for (const finding of findings) output.say(lineOf(finding));
    output.say(
      isFit
        ? "\nNothing that a run in containers needs is missing."
        : "\nNo run in containers is possible here. The simulator needs only Node: --on sim.",
    );
  }
  return isFit ? exit.held : exit.environment;
}

const marks = { ok: "✓", "left-out": "–", missing: "✕" } as const;

const lineOf = ({ about, state, what, howToGet }: Finding): string =>
  `${marks[state]} ${about}: ${what}${howToGet === undefined ? "" : `\n    ${howToGet}`}`;

const oldestNode = [20, 19] as const;

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    about: "node",
    state: isNew ? "ok" : "missing",
    what: process.version,
    ...(isNew ? {} : { howToGet: `Install Node ${oldestNode.join(".")} or newer.` }),
  };
}

/** Tries the engine: opens a cluster of one node and asks it for each kind of fault. */
async function engineFindings(
  target: ReturnType<typeof targetNamed>,
  kinds: Kinds,
  say: (line: string) => void,
): Promise<readonly Finding[]> {
  const there = await docker.available();
  if (!there.ok)
    return [
      {
        about: "engine",
        state: "missing",
        what: there.reason,
        howToGet: `${docker.howToGet.charAt(0).toUpperCase()}${docker.howToGet.slice(1)}.`,
      },
    ];
  const engine: Finding = { about: "engine", state: "ok", what: there.what };
  let cluster: Cluster;
  try {
    cluster = await docker.open(target, { nodes: 1, say });
  } catch (error) {
    return [engine, { about: "containers", state: "missing", what: failureOf(error).message }];
  }
  return stopping(Promise.resolve([engine, ...faultFindings(cluster, kinds)]), () => [cluster]);
}

function faultFindings(cluster: Cluster, kinds: Kinds): readonly Finding[] {
  const reasons = new Map<string, string[]>();
  for (const kind of kinds.faults.keys()) {
    const why = cannotMake(kind, cluster, kinds) ?? "";
    reasons.set(why, [...(reasons.get(why) ?? []), kind]);
  }
  return [...reasons].map(([why, names]) => {
    const about = `fault${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
    if (why === "") return { about, state: "ok", what: "possible" };
    const [, howToGet] = waysToGet.find(([pattern]) => pattern.test(why)) ?? [];
    return {
      about,
      state: "left-out",
      what: why,
      ...(howToGet === undefined ? {} : { howToGet }),
    };
  });
}

/** What a user can do about a fault that is impossible, for each pattern of the platform's reason. */
const waysToGet: readonly (readonly [why: RegExp, howToGet: string])[] = [
  [
    /root|loop device|disk of its own/i,
    "Run quorate as root on Linux, with loop devices (modprobe loop).",
  ],
  [
    /netem|tc |qdisc|delay|rate/i,
    "Load the kernel's modules: modprobe sch_netem sch_htb xt_CLASSIFY.",
  ],
  [
    /iptables|statistic|TEE/i,
    "Load the kernel's modules: modprobe xt_statistic xt_TEE ipt_REJECT.",
  ],
  [
    /faketime|clock/i,
    "If the program is linked against glibc, set containers.clock: true. On Debian also: apt-get install libfaketime.",
  ],
  [
    /containers\.data\b/i,
    "Name the folder of a node's data in containers.data (in a TypeScript target: containers.dataPath).",
  ],
  [
    /cgroup|memory|cpu|limit/i,
    "Mount the control groups of memory, cpu and io, and let the engine use them.",
  ],
];

/** Whether a port of the loopback can be opened, since clients reach nodes through such ports. */
function portFinding(): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (error) =>
      resolve({
        about: "ports",
        state: "missing",
        what: `no port of 127.0.0.1 can be opened (${error.message})`,
        howToGet: "Allow this user to listen on the loopback interface.",
      }),
    );
    server.listen(0, "127.0.0.1", () =>
      server.close(() =>
        resolve({ about: "ports", state: "ok", what: "ports of 127.0.0.1 can be opened" }),
      ),
    );
  });
}

const leastBytes = 1 << 30;

/** The free space of the folder's disk. If the folder does not exist, that of the nearest folder above it. */
async function roomFinding(about: string, folder: string): Promise<Finding> {
  // The folder of runs is made with the first run. Until then its disk is that of the nearest folder above it.
  let measured = resolve(folder);
  while (!existsSync(measured) && dirname(measured) !== measured) measured = dirname(measured);
  const found = await statfs(measured);
  const bytes = found.bavail * found.bsize;
  const room = `${(bytes / (1 << 30)).toFixed(1)} GiB free in ${measured}`;
  return bytes >= leastBytes
    ? { about, state: "ok", what: room }
    : {
        about,
        state: "left-out",
        what: `${room}: a long run may fill this space`,
        howToGet: "Make room, or use another folder: --out for runs, TMPDIR for temporary files.",
      };
}

/** Packages that quorate does not include, with the features that need these packages. */
const optionalPackages: readonly (readonly [name: string, use: string])[] = [
  ["cassandra-driver", "clients of Cassandra"],
  ["aws4", "clients of stores that use Amazon's request signatures, such as Garage"],
];

/** Looks for the package where a configuration in this folder would find it. */
function packageFinding([name, use]: (typeof optionalPackages)[number]): Finding {
  try {
    createRequire(join(process.cwd(), "package.json")).resolve(name);
    return { about: name, state: "ok", what: "installed" };
  } catch {
    return {
      about: name,
      state: "left-out",
      what: `not installed, so no ${use}`,
      howToGet: `npm install ${name}`,
    };
  }
}
