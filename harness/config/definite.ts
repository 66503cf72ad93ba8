import { DefiniteError } from "../targets/promise-client.ts";

/**
 * What a client throws where an operation certainly has no effect, now or later. Any other error of a write leaves it open.
 *
 * @param message What the store said.
 * @param code Stable, for reports: what kind of refusal it was.
 * @returns The error to throw.
 * @example
 * if (response.status === 503) throw definite("too few replicas; nothing was written");
 */
export const definite = (message: string, code?: string): DefiniteError =>
  new DefiniteError(message, code);
