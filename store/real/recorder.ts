/** Records the Host's evidence: one file for each boot, one JSON event a line. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { RecordSummary } from "../protocol/evidence.ts";
import type { Explanation, NodeName } from "../host.ts";
import type { FrameLine } from "./recorded.ts";
import { monotonicUs } from "./clock.ts";

/** What happened. The recorder adds node, time and order. */
export type Occurrence =
  | { readonly e: "boot"; readonly phase: "start" | "end"; readonly detail?: string }
  | {
      readonly e: "sync";
      readonly records: readonly RecordSummary[];
      readonly hash: string;
      readonly recovered?: true;
    }
  | ({ readonly e: "explain" } & Explanation);

export interface Recorder {
  /** Increases with each boot recorded in the folder. */
  readonly boot: number;
  /** Keeps the event in this process's memory, with the current time. */
  record(occurrence: Occurrence): void;
  /**
   * Keeps frames to or from `peer` unparsed, one line of JSON each. The reader of the record (recorded.ts) describes
   * them, so that requests need not wait for it.
   */
  frames(e: FrameLine[0], peer: string): (text: string) => void;
  /** Writes everything recorded to the kernel, so that a kill of the process loses none of it. Throws. */
  write(): void;
}

const fileName = (boot: number): string => `boot-${String(boot).padStart(6, "0")}.jsonl`;
/** The next boot's file before it has its name. Only one boot of a node begins at a time. */
const draftName = "boot.draft";
const bootOf = (name: string): number => Number(/^boot-(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);

/**
 * Begins the next boot in `directory`, which a wipe of the node's data must spare. `on` false: only counts the boot.
 *
 * The file gets its name when it has its first event: a boot without any would look like one whose evidence was lost,
 * and a node may be killed again as soon as its process starts.
 */
export const openRecorder = (directory: string, node: NodeName, on: boolean): Recorder => {
  mkdirSync(directory, { recursive: true });
  const boot = 1 + Math.max(0, ...readdirSync(directory).map(bootOf));
  const who = `"node":${JSON.stringify(node)},"boot":${boot}`;
  const started = { e: "boot", phase: "start" } as const;
  const lineOf = (occurrence: Occurrence, at: number): string =>
    `{"atUs":${monotonicUs()},${who},"seq":${at},${JSON.stringify(occurrence).slice(1)}\n`;
  const draft = join(directory, draftName);
  rmSync(draft, { force: true });
  const file = openSync(draft, "ax");
  writeFileSync(file, on ? lineOf(started, 0) : "");
  // Exclusive: two processes with the same node name must not share a boot.
  linkSync(draft, join(directory, fileName(boot)));
  rmSync(draft);
  const handle = openSync(directory, "r");
  fsyncSync(handle);
  closeSync(handle);
  let seq = on ? 1 : 0;
  let lines = "";
  const frameWho = `${JSON.stringify(node)},${boot}`;
  return {
    boot,
    record: (occurrence) => {
      if (on) lines += lineOf(occurrence, seq++);
    },
    frames: (e, peer) => {
      const start = `["${e}",${JSON.stringify(peer)},${frameWho},`;
      const numbers = e === "passed" ? 2 : 1;
      return (text) => {
        if (!on) return;
        // Both of the kernel's numbers are small. Printing their sum instead would double the cost.
        const [seconds, nanoseconds] = process.hrtime();
        lines += `${start}${seconds},${nanoseconds},${seq},${text}]\n`;
        seq += numbers;
      };
    },
    write: () => {
      if (lines === "") return;
      const text = lines;
      lines = "";
      // Unlike writeSync, continues if the kernel accepts only a part.
      writeFileSync(file, text);
    },
  };
};
