import { DefiniteError } from "../targets/promise-client.ts";

/**
 * Makes the error that a client throws if an operation certainly has no effect, now or later. Any other error of a
 * write leaves the outcome open, unless its code says that no connection was made.
 *
 * @param message What the store said.
 * @param code A stable name of the kind of refusal, for reports.
 * @returns The error to throw.
 * @example
 * if (response.status === 503) throw definite("too few replicas; nothing was written");
 */
export const definite = (message: string, code?: string): DefiniteError =>
  new DefiniteError(message, code);
