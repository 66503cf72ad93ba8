/** What a client is asked, and what it learned, in words shorter than the platform's. */
import type { ShownValue } from "../../../checkers/index.ts";
import type { ClientRequest, Outcome } from "../../platforms/session.ts";

export type { Outcome };

/** One operation, without the number that histories give it. */
export type Asked = Omit<ClientRequest, "op">;

export type Ok = Extract<Outcome, { kind: "ok" }>;

/** `fail`: it did not happen and never will. `info`: it may have happened, or may happen later. */
export type NotOk = Extract<Outcome, { kind: "fail" | "info" }>;

/** One version that a read returned, or that a write got. */
export type ShownVersion = ShownValue;
