/** The planted bugs: how the tester is tested. Each is a file of this folder whose default export replaces parts of the store. */
import type { GuaranteeName } from "../../checkers/guarantees.ts";
import type { StoreSettings } from "../settings.ts";

export interface PlantedBug {
  /** Of this folder. */
  readonly file: string;
  /** What it must break, any of them. */
  readonly breaks: readonly GuaranteeName[];
  /** Settings under which it shows, and under which the healthy store does not. */
  readonly settings: Partial<StoreSettings>;
  /** Kinds of fault that it needs; none: it shows without. */
  readonly faults: readonly string[];
  readonly story: string;
}

export const bugs: Readonly<Record<string, PlantedBug>> = {
  "merge-of-first": {
    file: "merge-of-first.ts",
    breaks: ["regular-stamped"],
    settings: {},
    faults: ["partition", "kill", "pause"],
    story: "the coordinator returns the first of R replies, not their merge",
  },
  "ack-before-fsync": {
    file: "ack-before-fsync.ts",
    breaks: ["acknowledged", "durable"],
    settings: {},
    faults: ["kill"],
    story: "a replica confirms a write that is still in its memory",
  },
  "lww-arrival-order": {
    file: "lww-arrival-order.ts",
    breaks: ["converged"],
    settings: { versions: "stamps", readRepair: "off" },
    faults: ["partition", "kill", "pause"],
    story: "each replica keeps the write that arrived last, whatever the stamps say",
  },
};
