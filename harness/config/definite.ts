/** Errors of a client that say for certain that nothing happened. */

/** An error that a client throws where the store said for certain that the operation has no effect. */
export class DefiniteError extends Error {
  override readonly name = "DefiniteError";
}

/**
 * What a client throws where an operation certainly has no effect, now or later. Any other error leaves it open.
 *
 * @param message What the store said.
 * @returns The error to throw.
 * @example
 * if (response.status === 503) throw definite("too few replicas; nothing was written");
 */
export const definite = (message: string): DefiniteError => new DefiniteError(message);

/** A definite error, also one of another copy of this package. */
export const isDefinite = (error: unknown): error is Error =>
  error instanceof Error && error.name === "DefiniteError";

/** Where an operating system or a resolver refuses a connection: no byte of the request left. */
const refusals: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Whether the error, or one that caused it, says that no connection was made: nothing was sent. */
export function isRefusedConnection(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; depth < deepest; depth++) {
    if (!(cause instanceof Error)) return false;
    // Several addresses were tried: all of them must have refused.
    if (cause instanceof AggregateError && cause.errors.length > 0)
      return cause.errors.every(isRefusedConnection);
    const { code, syscall } = cause as { readonly code?: unknown; readonly syscall?: unknown };
    if (typeof code === "string" && (refusals.has(code) || syscall === "connect")) return true;
    cause = cause.cause;
  }
  return false;
}

const deepest = 8;
