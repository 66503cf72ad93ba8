/**
 * `quorate maelstrom test`: accepts usual command lines of Maelstrom in which only the program's name was changed. Some
 * flags without a meaning for quorate are accepted, and a line says so.
 */
import type { Command } from "commander";
import { builtInKinds, nodeNamer } from "../../generators/index.ts";
import { maelstrom } from "../targets/maelstrom/index.ts";
import { consistencies, latencyDists, topologies } from "../targets/maelstrom/settings.ts";
import { usage } from "./exit.ts";
import { createOutput, type Output } from "./output.ts";
import { faultKinds } from "./plan-values.ts";
import { mostHistories, run } from "./run.ts";
import { oneOf, wholeNumber } from "./values.ts";

interface MaelstromFlags {
  readonly workload: string;
  readonly bin?: string;
  readonly nodeCount?: string;
  readonly nodes?: string;
  readonly concurrency: string;
  readonly rate: string;
  readonly timeLimit: string;
  readonly testCount: string;
  readonly latency: string;
  readonly latencyDist: string;
  readonly topology: string;
  readonly nemesis?: string;
  readonly nemesisInterval?: string;
  readonly availability?: string;
  readonly consistencyModels?: string;
  readonly keyCount?: string;
  readonly maxTxnLength: string;
  readonly maxWritesPerKey?: string;
  readonly logStderr?: boolean;
  readonly logNetSend?: boolean;
  readonly logNetRecv?: boolean;
  readonly on: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: boolean;
}

export function addMaelstrom(program: Command): void {
  program
    .command("maelstrom")
    .summary("run a Maelstrom command line")
    .description("run a Maelstrom command, such as: quorate maelstrom test -w … --bin …")
    .argument("<test>", "the command test, the only command of Maelstrom that quorate runs")
    .argument("[arguments...]", "arguments for the program of --bin")
    .option("-w, --workload <NAME>", "what clients do", "lin-kv")
    .option("--bin <FILE>", "the program of a node")
    .option("--node-count <N>", "how many nodes (default: 5)")
    .option("--nodes <NAMES>", "names of the nodes: n0,n1,… or n1,n2,…")
    .option("--concurrency <N>", "number of clients, or 2n for two clients per node", "1n")
    .option("--rate <HZ>", "requests a second", "5")
    .option("--time-limit <S>", "how many seconds clients send requests", "60")
    .option("--test-count <N>", "run N histories", "1")
    .option("--latency <MS>", "mean latency between nodes", "0")
    .option("--latency-dist <TYPE>", latencyDists.join(", "), "constant")
    .option("--topology <SPEC>", topologies.join(", "), "grid")
    .option("--nemesis <FAULTS>", "faults: partition,kill,pause, or quorate's other kinds")
    .option("--nemesis-interval <S>", "accepted without effect; each history draws its faults")
    .option(
      "--availability <SPEC>",
      "share of operations that must succeed: total, majority, or 0 to 1",
    )
    .option("--consistency-models <M>", "the isolation level that transactions must keep")
    .option("--key-count <N>", "how many keys the transactions use")
    .option("--max-txn-length <N>", "at most N operations in a transaction", "4")
    .option("--max-writes-per-key <N>", "accepted without effect; keys are never retired")
    .option("--log-stderr", "accepted without effect; stderr is always in the run's folder")
    .option("--log-net-send", "accepted without effect; all messages are in history.jsonl")
    .option("--log-net-recv", "accepted without effect; all messages are in history.jsonl")
    .option("--on <PLATFORM>", "process, or sim for nodes of quorate/node", "process")
    .option("--seed <S>", "a number that decides all random choices")
    .option("--out <DIR>", "the folder where runs are kept", "runs")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .action(
      async (what: string, args: readonly string[], flags: MaelstromFlags, command: Command) => {
        oneOf("maelstrom", what, ["test"]);
        process.exitCode = await test(flags, args, command);
      },
    );
}

/** The request timeout of Maelstrom's clients, in ms. */
const timeoutMs = 1_000;
const usualNodes = 5;
const mostNodes = 99;
const usualConcurrency = /^(\d{1,4})(n?)$/;

async function test(
  flags: MaelstromFlags,
  args: readonly string[],
  command: Command,
): Promise<number> {
  const output = createOutput(flags.json === true);
  const { nodes, firstNode } = namedNodes(flags, output);
  const seconds = positive("--time-limit", flags.timeLimit);
  // Maelstrom's documentation uses --rate 0 for tests that only elect a leader. A history of quorate needs at least one
  // operation.
  const rate = flags.rate === "0" ? 0 : positive("--rate", flags.rate, "0, or ");
  const clients = clientCount(flags.concurrency, nodes);
  const operations = Math.max(1, Math.round(seconds * rate));
  const histories = String(wholeNumber("--test-count", flags.testCount, 1, mostHistories));
  sayWithoutMeaning(flags, output);
  return run(
    {
      target: maelstrom.name,
      on: flags.on,
      ...(flags.bin === undefined ? {} : { bin: flags.bin }),
      nodes: String(nodes),
      args,
      workload: flags.workload,
      faults: faultsOf(flags.nemesis),
      faultsFlag: "--nemesis",
      histories,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      set: [
        `firstNode=${firstNode}`,
        `latencyMs=${wholeNumber("--latency", flags.latency, 0, 60_000)}`,
        `latencyDist=${oneOf("--latency-dist", flags.latencyDist, latencyDists)}`,
        `topology=${oneOf("--topology", flags.topology, topologies)}`,
        `maxTxnLength=${wholeNumber("--max-txn-length", flags.maxTxnLength, 1, 100)}`,
        `timeoutMs=${timeoutMs}`,
        // No client begins a request later than one timeout after the time limit, so slow nodes get fewer requests and
        // not more time.
        `operationsMs=${Math.ceil(seconds * 1000) + timeoutMs}`,
        `consistency=${consistencyOf(flags, output)}`,
        `succeedPercent=${succeedPercentOf(flags)}`,
        ...(flags.keyCount === undefined
          ? []
          : [`keyCount=${wholeNumber("--key-count", flags.keyCount, 1, 1000)}`]),
      ],
      promise: [],
      trust: false,
      search: "random",
      out: flags.out,
      shrink: true,
      evidence: true,
      ...(flags.json === undefined ? {} : { json: flags.json }),
      wishes: {
        clients: { min: clients, max: clients },
        operations: { min: operations, max: operations },
        phaseMs: { min: seconds * 1000, max: seconds * 1000 },
      },
    },
    command,
  );
}

/** Maelstrom counts the nodes of --node-count from n0, and its usual five from n1. */
function namedNodes(
  { nodeCount: count, nodes }: MaelstromFlags,
  { sayFirst: say }: Output,
): { readonly nodes: number; readonly firstNode: 0 | 1 } {
  if (count !== undefined) {
    const found = wholeNumber("--node-count", count, 1, mostNodes);
    if (nodes !== undefined)
      say(`--nodes ${nodes} has no effect: --node-count ${count} overrides it, as in Maelstrom.`);
    return { nodes: found, firstNode: 0 };
  }
  if (nodes === undefined) return { nodes: usualNodes, firstNode: 1 };
  const names = nodes.split(",").map((name) => name.trim());
  if (names.includes("") || new Set(names).size < names.length || names.length > mostNodes)
    throw usage({
      code: "bad-value",
      expected: `--nodes to be 1 to ${mostNodes} different names with commas between them`,
      got: JSON.stringify(nodes),
      hint: "Say for example --nodes n1,n2,n3",
    });
  const firstNode = names[0] === "n0" ? 0 : 1;
  const own = names.map((_, index) => nodeNamer({ firstNode })(index));
  if (names.join() !== own.join()) say(`--nodes ${nodes}: the nodes are called ${own.join(", ")}.`);
  return { nodes: names.length, firstNode };
}

function clientCount(concurrency: string, nodes: number): number {
  const [, count, each] = usualConcurrency.exec(concurrency) ?? [];
  const clients = Number(count) * (each === "n" ? nodes : 1);
  if (clients >= 1 && clients <= 1000) return clients;
  throw usage({
    code: "bad-value",
    expected:
      "--concurrency to be a number of clients, or a number for each node such as 2n: 1 to 1000 clients in all",
    got: JSON.stringify(concurrency),
    hint: "Say for example --concurrency 2n",
  });
}

function positive(flag: string, text: string, or = ""): number {
  const value = Number(text);
  if (text !== "" && value > 0 && value <= 100_000) return value;
  throw usage({
    code: "bad-value",
    expected: `${flag} to be ${or}a number above 0 and at most 100000`,
    got: JSON.stringify(text),
    hint: `Say for example ${flag} 10`,
  });
}

/** Converts the value of `--nemesis` to that of `--faults`. Maelstrom's names of faults are also quorate's names. */
const faultsOf = (nemesis = ""): string =>
  nemesis === "" ? "none" : faultKinds(nemesis, builtInKinds, "--nemesis").join(",") || "none";

/** Consistency levels that quorate judges under another name: Maelstrom's name → quorate's name. */
const otherNames: Readonly<Record<string, string>> = {
  "strong-serializable": "strict-serializable",
  "strict-1sr": "strict-serializable",
  "1sr": "serializable",
  "monotonic-atomic-view": "read-atomic",
};

function consistencyOf(
  { consistencyModels, workload }: MaelstromFlags,
  { sayFirst: say }: Output,
): string {
  if (consistencyModels === undefined) return "usual";
  const isTransactional = workload.startsWith("txn-");
  const names = consistencyModels.split(",").map((name) => name.trim());
  const known = names
    .map((name) => otherNames[name] ?? name)
    .find((name) => (consistencies as readonly string[]).includes(name));
  if (isTransactional && known !== undefined) {
    if (names.length > 1) say(`--consistency-models ${consistencyModels}: judged is ${known}.`);
    return known;
  }
  say(
    isTransactional
      ? `--consistency-models ${consistencyModels}: quorate judges no level of this name, so nothing is promised; quorate only reports which levels held.`
      : `--consistency-models ${consistencyModels} has no meaning for ${workload}, which has its own promises.`,
  );
  return isTransactional ? "none" : "usual";
}

/**
 * The percentage of operations that must succeed: 100 for `total`, more than 50 for `majority`, else the percentage of
 * a share from 0 to 1.
 */
function succeedPercentOf({ availability = "0" }: MaelstromFlags): number {
  if (availability === "total") return 100;
  if (availability === "majority") return 50.01;
  const share = Number(availability);
  if (availability.trim() !== "" && share >= 0 && share <= 1)
    return Math.round(share * 10_000) / 100;
  throw usage({
    code: "bad-value",
    expected: "--availability to be total, majority, or a share from 0 to 1",
    got: JSON.stringify(availability),
    hint: "Say for example --availability total",
  });
}

function sayWithoutMeaning(flags: MaelstromFlags, { sayFirst: say }: Output): void {
  const without: readonly (readonly [name: string, given: unknown, why: string])[] = [
    ["--nemesis-interval", flags.nemesisInterval, "each history draws its faults"],
    ["--max-writes-per-key", flags.maxWritesPerKey, "keys are never retired"],
    ["--log-stderr", flags.logStderr, "stderr is always in the run's folder"],
    ["--log-net-send", flags.logNetSend, "all messages are in history.jsonl"],
    ["--log-net-recv", flags.logNetRecv, "all messages are in history.jsonl"],
  ];
  for (const [name, given, why] of without)
    if (given !== undefined) say(`${name} has no effect here: ${why}.`);
}
