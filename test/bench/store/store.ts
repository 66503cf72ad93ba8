/**
 * Measures the real store on this machine, compared with a server that has only `ws` and gets the same frames, in the
 * same run.
 */
import { spawn } from "node:child_process";
import { drive } from "./drive.ts";
import { startNodes, type Nodes } from "./nodes.ts";

const inFlights = [1, 16, 256];
const rounds = 7;
/** The time for which each target is driven in one round, approximately. */
const roundSeconds = 0.25;

interface Target {
  readonly name: string;
  readonly nodes: Nodes;
}

/** `bench` is the path of this program. It is started again as the echo server. */
export async function benchStore(bench: string): Promise<void> {
  const targets: Target[] = [];
  try {
    targets.push({ name: "ws echo", nodes: await startEcho(bench) });
    for (const count of [1, 3])
      targets.push({
        name: count === 1 ? "one node" : "three nodes",
        nodes: await startNodes(count, true),
      });
    // These nodes record no evidence, like a store in production.
    for (const count of [1, 3])
      targets.push({
        name: count === 1 ? "one node, no evidence" : "three nodes, no evidence",
        nodes: await startNodes(count, false),
      });
    console.log(
      `the real store on loopback, requests/s (and the share of the echo's in the same round), by requests in flight; the median of ${rounds} rounds`,
    );
    console.log(
      `${"".padEnd(42)}${inFlights.map((inFlight) => String(inFlight).padStart(18)).join("")}`,
    );
    // Writes come first. Reads of keys that were never written would be cheaper.
    for (const kind of ["write", "read"] as const) {
      // Warms up, so that the measurement is like a run after its first seconds.
      for (const { nodes } of targets)
        await drive({ ...nodes, kind, inFlight: 256, requests: kind === "read" ? 30_000 : 10_000 });
      const columns: (readonly string[])[] = [];
      for (const inFlight of inFlights) columns.push(await compare(targets, kind, inFlight));
      for (const [row, { name }] of targets.entries()) {
        console.log(
          `${`${kind === "read" ? "reads" : "durable writes"}, ${name}`.padEnd(42)}${columns.map((column) => (column[row] ?? "").padStart(18)).join("")}`,
        );
      }
    }
  } finally {
    for (const { nodes } of targets) nodes.stop();
  }
}

/**
 * Measures one column: the rate of each target at this number of requests in flight. In each round the targets take
 * turns, so that a machine that gets slower affects all of them. Each rate is compared with that of the first target.
 */
async function compare(
  targets: readonly Target[],
  kind: "read" | "write",
  inFlight: number,
): Promise<readonly string[]> {
  const rates = targets.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, { nodes }] of targets.entries()) {
      const earlier = rates[i] ?? [];
      // The first round only estimates how many requests a round needs, and is not counted.
      earlier.push(
        await drive({
          ...nodes,
          kind,
          inFlight,
          requests: Math.max(200, Math.round((earlier.at(-1) ?? 0) * roundSeconds)),
        }),
      );
    }
  }
  const counted = rates.map((all) => all.slice(1));
  return counted.map((all) => {
    const share = median(all.map((rate, round) => rate / (counted[0]?.[round] ?? rate)));
    return `${Math.round(median(all)).toLocaleString("en-US")} (${(100 * share).toFixed(0)} %)`;
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const startEcho = (bench: string): Promise<Nodes> =>
  new Promise((resolve, reject) => {
    const echo = spawn(process.execPath, [bench, "echo"], { stdio: ["ignore", "pipe", "inherit"] });
    echo.once("error", reject);
    echo.stdout.once("data", (port: Buffer) =>
      resolve({
        ports: [Number(port.toString())],
        peerPorts: [],
        secret: "",
        ended: () => [],
        printed: () => "",
        stop: () => void echo.kill("SIGKILL"),
      }),
    );
  });
