/** A simulated machine: its disk and its clock outlive the boots of the node that runs on it. */
import type { EvidenceEvent, NodeEndedEvent } from "../../../checkers/index.ts";
import { Boot } from "./boot.ts";
import { Disk } from "./disk.ts";
import { BootRecorder } from "./evidence.ts";
import { type Machine, SimHost } from "./host.ts";
import type { Explanation, QuietNode } from "./host-types.ts";
import { TriggerWatch } from "./trigger-watch.ts";
import type { Program } from "./protocol.ts";
import { Random } from "./random.ts";

/** The largest difference between two simulated nodes' wall clocks without a clock fault, in µs. */
export const simSkewUs = 6_000;

interface LogLine {
  readonly atUs: number;
  readonly boot: number;
  readonly said: string | Explanation;
}

/** Where the nodes of one world record events. If `evidence` is null, they record no evidence. */
export interface NodeRecords {
  readonly evidence: EvidenceEvent[] | null;
  readonly unplannedEnds: NodeEndedEvent[];
}

/** The reason of an end that the harness caused, for example by a fault or for a restart. */
const killed = "killed";

export class SimNode {
  readonly name: string;
  /** The current boot. Null: no process runs on this machine. */
  boot: Boot | null = null;
  /** The number of kills. A kill cancels a start that is under way. */
  kills = 0;
  readonly disk: Disk;
  readonly triggers = new TriggerWatch();
  private readonly machine: Machine;
  private readonly seed: number;
  private readonly evidence: EvidenceEvent[] | null;
  private boots = 0;
  private readonly unplannedEnds: NodeEndedEvent[];
  private readonly lines: LogLine[] = [];

  constructor(
    name: string,
    seed: number,
    world: Omit<Machine, "disk" | "skewUs" | "aheadUs">,
    { evidence, unplannedEnds }: NodeRecords,
  ) {
    this.name = name;
    this.seed = seed;
    const skewUs = new Random(seed, `skew ${name}`).between(-simSkewUs / 2, simSkewUs / 2);
    this.disk = new Disk(new Random(seed, `disk ${name}`), world.protocol);
    this.machine = { ...world, disk: this.disk, skewUs, aheadUs: 0 };
    this.evidence = evidence;
    this.unplannedEnds = unplannedEnds;
  }

  /** Starts the program on the disk's content. If the program throws, the node crashes. */
  start(program: Program): void {
    const { loop } = this.machine;
    const number = ++this.boots;
    const log = (said: string | Explanation): void => {
      this.lines.push({ atUs: loop.worldUs, boot: number, said });
    };
    const boot = new Boot(
      this.name,
      number,
      new BootRecorder(loop, this.name, number, this.evidence),
      this.triggers,
      (reason, detail) => {
        this.boot = null;
        log(detail);
        if (reason !== killed)
          this.unplannedEnds.push({
            e: "node-ended",
            atUs: loop.worldUs,
            node: this.name,
            by: "itself",
            detail: `it ${reason}`,
          });
      },
    );
    this.boot = boot;
    boot.recorder.booted("start");
    log("started");
    const host = new SimHost(
      this.machine,
      boot,
      new Random(this.seed, `chance ${this.name} ${number}`),
      log,
    );
    const run = (): void => {
      boot.quiet = program(host) ?? null;
    };
    loop.schedule(loop.nowUs, boot, run, null, null);
  }

  /**
   * Kills the node's process, as SIGKILL does. Does nothing to a dead node except that a start under way is dropped.
   */
  kill(): void {
    this.kills++;
    this.boot?.end(killed);
  }

  /** Whether a process runs and is not paused. */
  get runs(): boolean {
    return this.boot !== null && !this.boot.paused;
  }

  /**
   * What the node reports if only maintenance goes on. Null if something else goes on, if a fault waits for a trigger,
   * or if the program cannot tell.
   */
  quiet(): QuietNode | null {
    return this.triggers.watching ? null : (this.boot?.quiet?.() ?? null);
  }

  /** Sets how far the machine's wall clock is ahead, in ms. */
  setClock(aheadMs: number): void {
    this.machine.aheadUs = aheadMs * 1000;
  }

  /** The last log line of the node. */
  get lastSaid(): string {
    const last = this.lines.at(-1);
    return last === undefined ? "nothing" : (sentence(last.said).split("\n")[0] ?? "");
  }

  /** The log of the node. */
  log(): string {
    return this.lines
      .map(
        (line) => `${(line.atUs / 1000).toFixed(3)} ms boot ${line.boot}: ${sentence(line.said)}\n`,
      )
      .join("");
  }
}

function sentence(said: string | Explanation): string {
  if (typeof said === "string") return said;
  return [said.what, said.key, said.detail].filter((part) => part !== undefined).join(" ");
}
