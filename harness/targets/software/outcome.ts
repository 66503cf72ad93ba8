/** What a client learned of one operation. */

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** `fail`: it did not happen and never will. `info`: it may have happened, or may happen later. */
export interface NotOk {
  readonly kind: "fail" | "info";
  readonly code: string;
  readonly message: string;
}

/** One version that a read returned, or that a write got. Absent: the store does not show it. */
export interface ShownVersion {
  readonly version?: string;
  /** Null: a tombstone. */
  readonly value: string | null;
}

export interface Ok {
  readonly kind: "ok";
  /** Of register and siblings; of a read [] is not found. */
  readonly versions?: readonly ShownVersion[];
  /** Of other workloads. */
  readonly result?: Json;
  /** What a later write of the same client may carry: what it has seen. */
  readonly token?: string;
}

export type Outcome = Ok | NotOk;

export interface ClientRequest {
  readonly f: string;
  readonly key: string;
  readonly value?: string;
  readonly args?: Json;
  readonly levels?: Readonly<Record<string, string | number>>;
  readonly token?: string;
}
