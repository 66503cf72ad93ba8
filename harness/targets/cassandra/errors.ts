/**
 * What a failed request to Cassandra says about its effect. Error codes are listed in the native protocol v5, section
 * 9. Cassandra throws the errors in org.apache.cassandra.service.StorageProxy and its callers.
 */
import type { NotOk } from "../software/outcome.ts";

/** What a request does: it reads, writes, or is a lightweight transaction (`conditional`). */
export type Effect = "reads" | "writes" | "conditional";

const names: Readonly<Record<number, string>> = {
  0x0000: "server-error",
  0x000a: "protocol-error",
  0x0100: "bad-credentials",
  0x1000: "unavailable",
  0x1001: "overloaded",
  0x1002: "bootstrapping",
  0x1003: "truncate-error",
  0x1100: "write-timeout",
  0x1200: "read-timeout",
  0x1300: "read-failure",
  0x1400: "function-failure",
  0x1500: "write-failure",
  0x1600: "cdc-write-failure",
  0x1700: "cas-write-unknown",
  0x2000: "syntax-error",
  0x2100: "unauthorized",
  0x2200: "invalid",
  0x2300: "config-error",
  0x2400: "already-exists",
  0x2500: "unprepared",
};

/**
 * Errors of requests that were refused before anything was sent to a replica. The error Overloaded is not among them,
 * since some replicas may already have the write. For a lightweight transaction, Unavailable counts only if
 * `unavailableBeforeProposal`.
 */
const refused: ReadonlySet<string> = new Set([
  "protocol-error",
  "bad-credentials",
  "unavailable",
  "bootstrapping",
  "syntax-error",
  "unauthorized",
  "invalid",
  "config-error",
  "already-exists",
  "unprepared",
]);

const serial = 8;
const localSerial = 9;

interface DriverError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly consistencies?: unknown;
  readonly isSocketError?: boolean;
  readonly requestNotWritten?: boolean;
}

/**
 * Whether the error Unavailable means that nothing was proposed, which is so only at a serial level. A transaction's
 * commit is a separate write. If too few replicas are left for the commit, the error is Unavailable although the
 * proposal was accepted.
 */
const unavailableBeforeProposal = ({ consistencies }: DriverError): boolean =>
  consistencies === serial || consistencies === localSerial;

const codeOf = (error: DriverError): string => {
  if (error.name === "ResponseError" && typeof error.code === "number")
    return names[error.code] ?? `error-0x${error.code.toString(16)}`;
  if (error.name === "OperationTimedOutError") return "client-timeout";
  if (error.name === "NoHostAvailableError") return "not-connected";
  if (error.name === "BusyConnectionError") return "busy-connection";
  if (error.isSocketError === true)
    return error.requestNotWritten === true ? "not-sent" : "connection-lost";
  return "client-error";
};

/** Errors after which the request was certainly not sent. */
const neverSent: ReadonlySet<string> = new Set(["not-connected", "busy-connection", "not-sent"]);

/**
 * Returns the outcome of a failed request. A failed read is always a definite failure, since it returned nothing and
 * writes no value of its own.
 */
export const outcomeOf = (thrown: unknown, effect: Effect): NotOk => {
  const error = thrown as DriverError;
  const code = codeOf(error);
  const message = error.message ?? String(thrown);
  const definite =
    effect === "reads" ||
    neverSent.has(code) ||
    (refused.has(code) &&
      (code !== "unavailable" || effect !== "conditional" || unavailableBeforeProposal(error)));
  return { kind: definite ? "fail" : "info", code, message };
};
