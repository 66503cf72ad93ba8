/** Small histories, made by hand, for guarantees that no smallest case of a planted bug breaks. */
import type {
  GuaranteeName,
  HistoryEvent,
  InspectEvent,
  Json,
  RingEvent,
} from "../../../checkers/index.ts";
import { of, run as usual, type RunOverrides, runWith, Scenario } from "../../checkers/support.ts";

interface Done {
  readonly f: string;
  readonly key?: string;
  readonly client?: string;
  readonly value?: string;
  readonly args?: Json;
  readonly result?: Json;
  readonly outcome?: "ok" | "info";
  readonly final?: true;
}

/** A history of sequential operations of a workload, on a target without versions, inspection and evidence. */
function workload(
  name: string,
  operations: readonly Done[],
  overrides: RunOverrides = {},
): readonly HistoryEvent[] {
  const events = operations.flatMap(
    ({ f, key = "k0", client = "c1", outcome = "ok", result, ...asked }, op): HistoryEvent[] => [
      {
        e: "invoke",
        atUs: op * 10_000,
        op,
        client,
        process: client === "c1" ? 1 : 2,
        node: "n1",
        f,
        key,
        ...asked,
      },
      outcome === "ok"
        ? { e: "ok", atUs: op * 10_000 + 5000, op, ...(result === undefined ? {} : { result }) }
        : { e: "info", atUs: op * 10_000 + 5000, op, code: "timeout" },
    ],
  );
  return [
    runWith({
      workload: name,
      versions: "none",
      inspection: false,
      evidence: false,
      ...overrides,
    }),
    ...events,
    { e: "end", atUs: 1e9 },
  ];
}

/** The events of the scenario and `more`, in the order of their times. */
function withEvents(scenario: Scenario, more: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const [run, ...rest] = scenario.events();
  const atUs = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : -1);
  return [run as HistoryEvent, ...[...rest, ...more].sort((a, b) => atUs(a) - atUs(b))];
}

const add = (element: string): Done => ({ f: "add", args: { element } });
const transaction = (client: string, steps: Json): Done => ({
  f: "txn",
  client,
  args: { txn: steps },
  result: steps,
});
const members = ["n1", "n2", "n3", "n4"];
/** n4 has taken n1's place for k0, and each node uses the ring of this step from 30 ms on. */
const joined = (step: "drop" | "done"): readonly RingEvent[] => {
  const owners = { n: 3, r: 2, w: 2, preference: { k0: ["n2", "n3", "n4"] } };
  return members.map((node) => ({
    e: "ring",
    atUs: 30_000,
    node,
    version: step === "drop" ? 3 : 4,
    members,
    reads: owners,
    writes: [owners],
    ...(step === "drop" ? { under: "add n4, step drop" } : {}),
  }));
};
const joining = (): Scenario => new Scenario({ nodes: members, newcomers: ["n4"] });

function droppedTooEarly(): readonly HistoryEvent[] {
  const scenario = joining();
  scenario.write("v1", 10, 20);
  for (const node of ["n1", "n2", "n3"]) scenario.sync(node, 15, { key: "k0", versions: ["0001"] });
  scenario.sync("n1", 50, { key: "k0", versions: [], dropped: true });
  scenario.sync("n4", 60, { key: "k0", versions: ["0001"] });
  return withEvents(scenario, joined("drop"));
}

function apart(): readonly HistoryEvent[] {
  const inspect = (node: string, ring: number): InspectEvent => ({
    e: "inspect",
    atUs: 100_000,
    node,
    when: "final",
    state: node === "n1" ? {} : { k0: { versions: [of("v1")] } },
    ring,
  });
  return withEvents(joining(), [
    ...joined("done"),
    ...members.map((node) => inspect(node, node === "n1" ? 3 : 4)),
  ]);
}

function readsOwnWriteLate(): readonly HistoryEvent[] {
  const scenario = new Scenario();
  scenario.write("v1", 10, 20, { client: "c1", process: 1 });
  scenario.read([], 30, 40, { client: "c1", process: 1 });
  return scenario.events();
}

function writesBelowItsRead(): readonly HistoryEvent[] {
  const scenario = new Scenario();
  scenario.write("v2", 10, 20, { client: "c2", process: 2 });
  scenario.read([of("v2")], 30, 40, { client: "c1", process: 1 });
  scenario.write("v1", 50, 60, { client: "c1", process: 1 });
  return scenario.events();
}

function returnsWhatIsWrittenLater(): readonly HistoryEvent[] {
  const scenario = new Scenario({ versions: "siblings" });
  scenario.read([of("v1", "a:1")], 10, 20, { client: "c1", context: { a: 1 } });
  scenario.write("v1", 30, 40, { version: "a:1" });
  return scenario.events();
}

function failsWithoutFault(): readonly HistoryEvent[] {
  const scenario = new Scenario();
  scenario.write("v1", 10, 1010, { client: "c1", outcome: "info" });
  return scenario.events();
}

function endsByItself(): readonly HistoryEvent[] {
  const scenario = new Scenario({
    capabilities: { versions: "stamps", inspection: true, evidence: true, processes: true },
  });
  scenario.write("v1", 10, 20);
  return withEvents(scenario, [
    { e: "node-ended", atUs: 50_000, node: "n2", by: "itself", detail: "with exit status 1" },
  ]);
}

/** For each of these guarantees, a history that breaks it. */
export const brokenHistories: Readonly<Partial<Record<GuaranteeName, readonly HistoryEvent[]>>> = {
  "no-crash": endsByItself(),
  "read-your-writes": readsOwnWriteLate(),
  "writes-follow-reads": writesBelowItsRead(),
  "siblings-1": returnsWhatIsWrittenLater(),
  available: failsWithoutFault(),
  "handed-over": droppedTooEarly(),
  "ring-agreed": apart(),
  "set-no-thin-air": workload("set", [add("e0"), { f: "read", result: ["e0", "e9"] }]),
  "set-complete": workload("set", [add("e0"), { f: "read", final: true, result: [] }]),
  "set-fresh": workload("set", [add("e0"), { f: "read", result: [] }]),
  "counter-bounds": workload("counter", [
    { f: "add", args: { by: 2 } },
    { f: "read", result: 5 },
  ]),
  "counter-complete": workload("counter", [
    { f: "add", args: { by: 2 } },
    { f: "read", final: true, client: "sweeper", result: 0 },
  ]),
  "batch-atomic": workload("batch", [
    { f: "write", value: "v0" },
    { f: "read", client: "c2", result: ["v0", null] },
  ]),
  "unique-ids": workload("unique-ids", [
    { f: "generate", result: 7 },
    { f: "generate", client: "c2", result: 7 },
  ]),
  echo: workload("echo", [{ f: "echo", args: { text: "hello" }, result: "HELLO" }]),
  "read-committed": workload("txn-rw-register", [transaction("c1", [["r", "x", 1]])]),
  "read-atomic": workload("txn-rw-register", [
    transaction("c1", [
      ["w", "x", 1],
      ["w", "y", 1],
    ]),
    transaction("c2", [
      ["r", "x", 1],
      ["r", "y", null],
    ]),
  ]),
  "snapshot-isolation": workload("txn-list-append", [
    transaction("c1", [
      ["r", "x", []],
      ["append", "x", 1],
    ]),
    transaction("c2", [
      ["r", "x", []],
      ["append", "x", 2],
    ]),
    transaction("c1", [["r", "x", [1, 2]]]),
  ]),
  serializable: workload("txn-list-append", [
    transaction("c1", [
      ["r", "x", []],
      ["append", "y", 1],
    ]),
    transaction("c2", [
      ["r", "y", []],
      ["append", "x", 2],
    ]),
    transaction("c1", [
      ["r", "x", [2]],
      ["r", "y", [1]],
    ]),
  ]),
  "strict-serializable": workload("txn-list-append", [
    transaction("c1", [["append", "x", 1]]),
    transaction("c2", [["r", "x", []]]),
    transaction("c2", [["r", "x", [1]]]),
  ]),
  log: workload("kafka", [
    { f: "send", args: { message: 1 }, result: { offset: 0 } },
    { f: "poll", client: "c2", result: { k0: [[0, 2]] } },
  ]),
  "success-rate": workload("register", [{ f: "write", value: "v0", outcome: "info" }], {
    bounds: { ...usual.bounds, succeedPercent: 90 },
  }),
};
