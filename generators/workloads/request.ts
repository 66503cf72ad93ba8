/** What a client asks of a store, and what becomes of it, in words that no store owns. */
import type { ShownValue, VersionVector } from "../../checkers/index.ts";
import type { Json, Levels } from "../plan.ts";

/** One operation of a workload, as a client asks for it. */
export interface ClientRequest {
  /** Unique in the history. */
  readonly op: number;
  /** Which operation of the workload: read, write, delete, … */
  readonly f: string;
  readonly key: string;
  /** What a write writes. */
  readonly value?: string;
  /** What else the workload's operation needs. */
  readonly args?: Readonly<Record<string, Json>>;
  /** How many replicas must take part, in the target's own words. */
  readonly levels?: Levels;
  /** The token of an earlier answer about the same key: what the client had seen. */
  readonly context?: string;
}

/** What became of a request. `fail`: it certainly has no effect. `info`: nobody knows. */
export type Outcome =
  | {
      readonly kind: "ok";
      /** What was read or written; [] is not found. Absent: the operation returns no versions. */
      readonly versions?: readonly ShownValue[];
      /** What an operation of another workload returned. */
      readonly result?: Json;
      readonly context?: VersionVector;
      /** To be sent along as `context` of a later request about the same key. */
      readonly token?: string;
    }
  | { readonly kind: "fail" | "info"; readonly code: string; readonly message: string };
