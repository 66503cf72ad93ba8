/** One boot of a node, from its start to a kill, a crash or a halt. */
import type { Quiet, Remote } from "./host-types.ts";
import type { Stream, StreamHandlers } from "./protocol.ts";
import type { SimLog } from "./log.ts";
import { type EventOwner, happen, type ScheduledEvent } from "./event-loop.ts";
import type { TriggerWatch } from "./trigger-watch.ts";
import type { BootRecorder } from "./evidence.ts";
import type { StreamEnd } from "./stream-end.ts";

export class Boot implements EventOwner {
  readonly node: string;
  readonly number: number;
  readonly recorder: BootRecorder;
  /** Waits for triggers inside the node, over all its boots. */
  readonly triggers: TriggerWatch;
  readonly backlog: ScheduledEvent[] = [];
  /** The boot's stream ends that were not closed, in the order of creation. */
  readonly ends = new Set<StreamEnd>();
  readonly logs = new Map<string, SimLog>();
  /** Handles accepted streams. Null: connections are refused. */
  take: ((remote: Remote, stream: Stream) => StreamHandlers) | null = null;
  /** Reports whether only periodic maintenance is going on. Null: the program cannot tell. */
  quiet: Quiet | null = null;
  private state: "running" | "paused" | "revoked" = "running";
  private readonly onEnd: (reason: string, detail: string) => void;

  constructor(
    node: string,
    number: number,
    recorder: BootRecorder,
    triggers: TriggerWatch,
    onEnd: (reason: string, detail: string) => void,
  ) {
    this.node = node;
    this.number = number;
    this.recorder = recorder;
    this.triggers = triggers;
    this.onEnd = onEnd;
  }

  get revoked(): boolean {
    return this.state === "revoked";
  }

  get paused(): boolean {
    return this.state === "paused";
  }

  pause(): void {
    if (this.state === "running") this.state = "paused";
  }

  /**
   * Ends a pause. Events that came due during the pause happen now, in order, before any other event. If one of them
   * ends the boot, the rest is dropped; if one pauses it again, the rest waits.
   */
  resume(): void {
    if (this.state !== "paused") return;
    this.state = "running";
    const waited = this.backlog.splice(0);
    for (const event of waited) happen(event);
  }

  /**
   * Ends the boot after its program threw an error. The stack goes only to the node's log: it contains paths of this
   * machine, which a history must not contain.
   */
  crash(error: unknown): void {
    if (error instanceof Error)
      this.end(`crashed: ${error.message}`, `crashed: ${error.stack ?? error.message}`);
    else this.end(`crashed: ${String(error)}`);
  }

  /**
   * Ends the boot: none of its events happens any more, and its peers get a reset unless a cut drops it. A second call
   * does nothing.
   */
  end(reason: string, detail: string = reason): void {
    if (this.state === "revoked") return;
    this.recorder.booted("end", reason);
    this.state = "revoked";
    this.backlog.length = 0;
    for (const end of this.ends) end.die();
    this.ends.clear();
    for (const log of this.logs.values()) log.die();
    this.onEnd(reason, detail);
  }
}
