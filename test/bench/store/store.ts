/** The real store on loopback beside a bare `ws` echo with the same frames, in the same run. */
import { spawn } from "node:child_process";
import { drive } from "./drive.ts";
import { startNodes, type Nodes } from "./nodes.ts";

const inFlights = [1, 16, 256];

interface Target {
  readonly name: string;
  readonly nodes: Nodes;
}

/** `bench` names this program, to be started again as the echo. */
export async function benchStore(bench: string): Promise<void> {
  const targets: Target[] = [];
  try {
    targets.push({ name: "ws echo", nodes: await startEcho(bench) });
    for (const count of [1, 3]) targets.push({ name: count === 1 ? "one node" : "three nodes", nodes: await startNodes(count, true) });
    // Evidence is for the checkers: without it, as a store is that is only used.
    for (const count of [1, 3]) targets.push({ name: count === 1 ? "one node, no evidence" : "three nodes, no evidence", nodes: await startNodes(count, false) });
    console.log("the real store on loopback, requests/s (and the share of the echo's), by requests in flight");
    console.log(`${"".padEnd(42)}${inFlights.map((inFlight) => String(inFlight).padStart(18)).join("")}`);
    const echo = new Map<string, number>();
    // Written first: reads of nothing would be cheaper than they are.
    for (const kind of ["write", "read"] as const) {
      for (const { name, nodes } of targets) {
        const cells: string[] = [];
        // As after the first seconds of any run: code that is not compiled yet is another benchmark.
        await drive({ ports: nodes.ports, secret: nodes.secret, kind, inFlight: 256, requests: 8_000 });
        for (const inFlight of inFlights) {
          const of = { ports: nodes.ports, secret: nodes.secret, kind, inFlight };
          const size = (name === "ws echo" ? 4 : kind === "read" ? 2 : 1) * (inFlight === 1 ? 400 : 4_000);
          await drive({ ...of, requests: size });
          const rate = await drive({ ...of, requests: 2 * size });
          const id = `${kind} ${inFlight}`;
          if (name === "ws echo") echo.set(id, rate);
          const share = (100 * rate) / (echo.get(id) ?? rate);
          cells.push(`${Math.round(rate).toLocaleString("en-US")} (${share.toFixed(0)} %)`.padStart(18));
        }
        console.log(`${`${kind === "read" ? "reads" : "durable writes"}, ${name}`.padEnd(42)}${cells.join("")}`);
      }
    }
  } finally {
    for (const { nodes } of targets) nodes.stop();
  }
}

const startEcho = (bench: string): Promise<Nodes> =>
  new Promise((resolve, reject) => {
    const echo = spawn(process.execPath, [bench, "echo"], { stdio: ["ignore", "pipe", "inherit"] });
    echo.once("error", reject);
    echo.stdout.once("data", (port: Buffer) => resolve({ ports: [Number(port.toString())], secret: "", stop: () => void echo.kill("SIGKILL") }));
  });
