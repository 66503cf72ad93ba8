/**
 * Records the evidence of one boot's Host. The fields of an event have a fixed order, since histories are compared by
 * the hash of their JSON.
 */
import type {
  BootEvent,
  DurableRecord,
  EvidenceEvent,
  FrameEvent,
  FrameSummary,
} from "../../../checkers/index.ts";
import type { EventLoop } from "./event-loop.ts";
import { frameEvent } from "./frame-event.ts";
import type { Explanation } from "./host-types.ts";

export class BootRecorder {
  private readonly loop: EventLoop;
  private readonly node: string;
  private readonly boot: number;
  private readonly into: EvidenceEvent[] | null;
  private seq = 0;

  /** Records the events of one boot in `into`, or nothing if `into` is null. */
  constructor(loop: EventLoop, node: string, boot: number, into: EvidenceEvent[] | null) {
    this.loop = loop;
    this.node = node;
    this.boot = boot;
    this.into = into;
  }

  get recording(): boolean {
    return this.into !== null;
  }

  booted(phase: BootEvent["phase"], detail?: string): void {
    this.into?.push({
      e: "boot",
      ...this.stamp(),
      phase,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  /**
   * Records that these records are durable. If `recovered` is true, the node read them from its disk when it started.
   */
  synced(records: readonly DurableRecord[], hash: string, recovered = false): void {
    this.into?.push({
      e: "sync",
      atUs: this.loop.worldUs,
      node: this.node,
      boot: this.boot,
      seq: this.seq++,
      records,
      hash,
      ...(recovered ? { recovered } : {}),
    });
  }

  sent(peer: string, summary: FrameSummary): void {
    this.frame("sent", peer, summary);
  }

  received(peer: string, summary: FrameSummary): void {
    this.frame("received", peer, summary);
  }

  explained(explanation: Explanation): void {
    const { what, key, detail } = explanation;
    this.into?.push({
      e: "explain",
      ...this.stamp(),
      what,
      ...(key === undefined ? {} : { key }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  private frame(e: FrameEvent["e"], peer: string, summary: FrameSummary): void {
    this.into?.push(
      frameEvent(e, this.loop.worldUs, this.node, this.boot, this.seq++, peer, summary),
    );
  }

  private stamp(): { atUs: number; node: string; boot: number; seq: number } {
    return { atUs: this.loop.worldUs, node: this.node, boot: this.boot, seq: this.seq++ };
  }
}
