/** Keeps a node's code in the simulator from ending quorate with `process.exit`. */
export interface ExitGuard {
  /** The call as the node's code wrote it, such as "process.exit(3)". Null: the code has not called it. */
  readonly called: string | null;
  /** Gives `process.exit` its earlier meaning back. */
  release(): void;
}

/**
 * Makes `process.exit` throw, so that the calling code goes no further, until the guard is released.
 *
 * @param onCall Called first with each call.
 */
export function guardExit(onCall?: () => void): ExitGuard {
  const usual = process.exit;
  let called: string | null = null;
  const refuse = (status?: number | string | null): never => {
    called ??= `process.exit(${status ?? ""})`;
    onCall?.();
    throw new Error(`${called} ends the node`);
  };
  process.exit = refuse;
  return {
    get called() {
      return called;
    },
    release() {
      // Other code may have replaced it since.
      if (process.exit === refuse) process.exit = usual;
    },
  };
}
