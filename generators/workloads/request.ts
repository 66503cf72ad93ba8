/** A client's request to a store and its outcome, independent of any store. */
import type { ShownValue, VersionVector } from "../../checkers/index.ts";
import type { Json, Levels } from "../plan.ts";

/** One operation of a workload as a client's request. */
export interface ClientRequest {
  /** The operation's number, unique in the history. */
  readonly op: number;
  /** The name of the workload's operation: read, write, delete, … */
  readonly f: string;
  readonly key: string;
  /** The value of a write. */
  readonly value?: string;
  /** Further arguments of the workload's operation. */
  readonly args?: Readonly<Record<string, Json>>;
  /** The consistency that the request asks for, in the target's terms. */
  readonly levels?: Levels;
  /** The token of an earlier answer about the same key, which says what the client has seen. */
  readonly context?: string;
}

/** The outcome of a request. `fail`: it certainly has no effect. `info`: it is unknown whether it has an effect. */
export type Outcome =
  | {
      readonly kind: "ok";
      /**
       * The versions that the operation read or wrote. `[]` means that nothing was found. Absent if the operation
       * returns no versions.
       */
      readonly versions?: readonly ShownValue[];
      /** The result of an operation that does not return versions, such as the elements of a set. */
      readonly result?: Json;
      readonly context?: VersionVector;
      /** A token to send as `context` of a later request about the same key. */
      readonly token?: string;
    }
  | { readonly kind: "fail" | "info"; readonly code: string; readonly message: string };
