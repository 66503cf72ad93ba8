/** Shorter names for the platform's types of requests and outcomes. */
import type { ShownValue } from "../../../checkers/index.ts";
import type { ClientRequest, Outcome } from "../../platforms/session.ts";

export type { Outcome };

/** An operation without its number in the history. */
export type Asked = Omit<ClientRequest, "op">;

export type Ok = Extract<Outcome, { kind: "ok" }>;

/** `fail`: it did not happen and never will. `info`: it may have happened, or may happen later. */
export type NotOk = Extract<Outcome, { kind: "fail" | "info" }>;

/** A version that a read returned or a write created. */
export type ShownVersion = ShownValue;
