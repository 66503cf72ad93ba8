/**
 * Waits for triggers inside one node, over all its boots. Triggers are frames about to be sent, syncs that begin or
 * end, events of log files, and the program's explanations.
 */
import type { DurableRecord, FrameSummary } from "../../../checkers/index.ts";
import type { HostEvent } from "../../../generators/index.ts";

interface Watch {
  readonly event: HostEvent;
  left: number;
  readonly reached: () => void;
}

export class TriggerWatch {
  private watches: Watch[] = [];

  /** Whether any trigger is being waited for. If none is, events need not be described. */
  get watching(): boolean {
    return this.watches.length > 0;
  }

  /** Calls `reached` once, synchronously, at the `count`-th `event` from now on, unless cancelled before. */
  add(event: HostEvent, count: number, reached: () => void): { cancel(): void } {
    const watch = { event, left: count, reached };
    this.watches.push(watch);
    return { cancel: () => this.forget(watch) };
  }

  leaving(summary: FrameSummary): void {
    const event = eventOf(summary);
    if (event !== null) this.pass(event);
  }

  /** Called when a sync of records begins, so they are not durable yet. */
  syncing(): void {
    this.pass("syncing");
  }

  synced(records: readonly DurableRecord[]): void {
    this.pass("synced");
    if (records.some(({ hintFor }) => hintFor !== undefined)) this.pass("hint-synced");
    if (records.some(({ ring }) => ring !== undefined)) this.pass("ring-synced");
  }

  /** Called when a log file is created, removed or recovered. */
  logFile(event: "log-begun" | "log-removed" | "recovering"): void {
    this.pass(event);
  }

  /** Called when the program explains what it does. */
  explained(what: string): void {
    const event = explainedEvents.get(what);
    if (event !== undefined) this.pass(event);
  }

  private pass(event: HostEvent): void {
    for (const watch of [...this.watches]) {
      if (watch.event !== event || --watch.left > 0) continue;
      this.forget(watch);
      watch.reached();
    }
  }

  private forget(watch: Watch): void {
    this.watches = this.watches.filter((other) => other !== watch);
  }
}

const explainedEvents: ReadonlyMap<string, HostEvent> = new Map([
  ["log compacted", "compacted"],
  ["hint dropped", "hint-dropped"],
  ["stream goes on", "half-streamed"],
  ["reads moved first", "switched"],
  ["key dropped", "dropping"],
]);

function eventOf(summary: FrameSummary): HostEvent | null {
  switch (summary.frame) {
    case "replica-write-ok":
      return "replica-ack";
    case "client-write-ok":
      return "client-ack";
    case "stream":
      return "stream";
    case "exchange":
      return "exchange";
    case "replica-write":
      switch (summary.cause) {
        case "write":
          return "replica-write";
        case "read-repair":
          return "read-repair";
        case "handoff":
          return "handoff";
        case "anti-entropy":
          return "exchange";
        case "stream":
          return "handing-over";
      }
    default:
      return null;
  }
}
