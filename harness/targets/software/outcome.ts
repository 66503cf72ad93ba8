/** Shorter names for the platform's types of requests and outcomes. */
import type { ShownValue } from "../../../checkers/index.ts";
import type { ClientRequest, Outcome } from "../../platforms/session.ts";

export type { Outcome };

/** An operation without its number in the history. */
export type Asked = Omit<ClientRequest, "op">;

export type Ok = Extract<Outcome, { kind: "ok" }>;

/**
 * A request that did not succeed. `fail`: it had no effect and never will have. `info`: it may have had an effect, or
 * may have one later.
 */
export type NotOk = Extract<Outcome, { kind: "fail" | "info" }>;

/** A version that a read returned or a write created. */
export type ShownVersion = ShownValue;
