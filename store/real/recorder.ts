/** Records a Host's evidence, in one file for each boot, as lines of JSON. */
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

/** An event without its time, node, boot and order, which the recorder adds. */
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
  /** The number of this boot: one more than the largest in the folder. */
  readonly boot: number;
  /** Keeps the event, with the current time, in this process's memory until `write`. */
  record(occurrence: Occurrence): void;
  /**
   * Returns a function that keeps frames to or from `peer`, without parsing them, until `write`. The reader of the
   * evidence (recorded.ts) describes the frames later, so that requests do not wait for the description.
   */
  frames(e: FrameLine[0], peer: string): (text: string) => void;
  /** Passes everything recorded to the kernel, so that a kill of the process loses none of it. Throws if that fails. */
  write(): void;
}

const fileName = (boot: number): string => `boot-${String(boot).padStart(6, "0")}.jsonl`;
/** The name of the next boot's file until its first event is in it. Only one boot of a node begins at a time. */
const draftName = "boot.draft";
const bootOf = (name: string): number => Number(/^boot-(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);

/**
 * Begins the next boot in `directory`, which a wipe of the node's data must leave alone. If `on` is false, only counts
 * the boot.
 *
 * The file gets its name once it has its first event, since a node may be killed as soon as its process starts. A boot
 * without any event would look as if its evidence had been lost.
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
  // Fails if the file exists: two processes of the same node must not share a boot.
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
        // Both numbers from the kernel are small. To print their sum in one number would cost twice as much.
        const [seconds, nanoseconds] = process.hrtime();
        lines += `${start}${seconds},${nanoseconds},${seq},${text}]\n`;
        seq += numbers;
      };
    },
    write: () => {
      if (lines === "") return;
      const text = lines;
      lines = "";
      // Unlike writeSync, continues if the kernel accepts only some of the bytes.
      writeFileSync(file, text);
    },
  };
};
