/**
 * The signals that end a command: Ctrl-C, kill, and the closing of its terminal. The first one must not leave
 * containers behind.
 */

/** The signals, each with the exit status of a process that a signal ends at once. */
export const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Ending = keyof typeof endings;

/** Ends this process at once because of a second signal. Only local nodes and what they started are ended before. */
export function leaveAtOnce(signal: Ending): never {
  process.stderr.write("quorate: stopped at once; quorate clean removes what is left.\n");
  leave(endings[signal]);
}

/** Ends this process at once, even while `process.exit` throws because the user's code must not call it. */
export const leave: (status: number) => never = process.exit.bind(process);

/** Calls `stop` with each SIGINT, SIGTERM or SIGHUP that arrives. */
export function onEnding(stop: (signal: Ending) => void): void {
  for (const signal of Object.keys(endings) as Ending[]) process.on(signal, stop);
}
