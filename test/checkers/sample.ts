/** A healthy history with most kinds of events. Tests change it. */
import { of, Scenario } from "./support.ts";
import type { GuaranteeName, HistoryEvent } from "../../checkers/index.ts";

export const samplePromises: readonly GuaranteeName[] = [
  "no-thin-air",
  "no-aborted-read",
  "acknowledged",
  "durable",
  "regular-stamped",
  "staleness",
  "converged",
  "repair-quiescent",
  "read-your-writes",
  "monotonic-reads",
];

export function sample(): HistoryEvent[] {
  const scenario = new Scenario({ promised: samplePromises });
  const mine = { client: "c1", process: 1 };
  scenario.phase("started", 0).phase("empty", 0).phase("operations", 0);
  for (const node of ["n1", "n2", "n3"]) scenario.inspect("empty", 0, node, []);
  let request = 0;
  const write = (value: string, startMs: number): void => {
    const version = of(value).version;
    const op = scenario.write(value, startMs, startMs + 8, mine);
    for (const node of ["n1", "n2", "n3"]) {
      const shared = { trace: op, request: request++, key: "k0" } as const;
      const store = {
        frame: "replica-write",
        ...shared,
        cause: "write",
        versions: [version],
      } as const;
      scenario
        .frame("sent", "n1", node, startMs + 1, store)
        .frame("received", node, "n1", startMs + 2, store)
        .sync(node, startMs + 3, { key: "k0", versions: [version] });
      const reply = { frame: "replica-write-ok", ...shared } as const;
      scenario
        .frame("sent", node, "n1", startMs + 4, reply)
        .frame("received", "n1", node, startMs + 5, reply);
    }
    scenario.frame("sent", "n1", "c1", startMs + 7, {
      frame: "client-write-ok",
      trace: op,
      key: "k0",
      versions: [version],
    });
  };
  const read = (value: string, startMs: number, final = false): void => {
    const version = of(value).version;
    const op = scenario.read(
      [of(value)],
      startMs,
      startMs + 8,
      final ? { ...mine, final: true } : mine,
    );
    for (const node of ["n2", "n3"]) {
      const shared = { trace: op, request: request++, key: "k0" } as const;
      scenario
        .frame("sent", "n1", node, startMs + 1, { frame: "replica-read", ...shared })
        .frame("received", node, "n1", startMs + 2, { frame: "replica-read", ...shared });
      const reply = { frame: "replica-read-ok", ...shared, versions: [version] } as const;
      scenario
        .frame("sent", node, "n1", startMs + 3, reply)
        .frame("received", "n1", node, startMs + 4, reply);
    }
    scenario.frame("sent", "n1", "c1", startMs + 7, {
      frame: "client-read-ok",
      trace: op,
      key: "k0",
      versions: [version],
    });
  };
  write("v1", 10);
  read("v1", 20);
  scenario.fault(0, "partition", ["n3"], 25, 60);
  write("v2", 30);
  scenario.write("v3", 40, 45, { client: "c2", process: 2, outcome: "fail" });
  read("v2", 50);
  scenario.finalPhase(100, [of("v2")]);
  read("v2", 300, true);
  return numbered(scenario.events({ e: "end", atUs: 400_000 }));
}

export const linesOf = (events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

/**
 * Numbers the events as in a recorded file: the evidence of each boot in the order of time, and in the closing event
 * the number of the harness's own events.
 */
function numbered(events: readonly HistoryEvent[]): HistoryEvent[] {
  const seqs = new Map<string, number>();
  const recorded = events.filter((event) => !("seq" in event)).length;
  return events.map((event) => {
    if (event.e === "end") return { ...event, recorded };
    if (!("seq" in event)) return event;
    const boot = `${event.node}.${event.boot}`;
    const seq = seqs.get(boot) ?? 0;
    seqs.set(boot, seq + 1);
    return { ...event, seq };
  });
}
