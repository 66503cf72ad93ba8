/**
 * What asks a command to end: Ctrl-C, kill, and the closing of its terminal, which must not leave containers to nobody.
 */

/** With the status of who leaves at once. */
export const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Ending = keyof typeof endings;

/**
 * Ends this process at once. While a command works, `process.exit` itself is taken for a mistake of a user's code.
 */
export const leave: (status: number) => never = process.exit.bind(process);

/** Calls `stop` with each that comes. */
export function onEnding(stop: (signal: Ending) => void): void {
  for (const signal of Object.keys(endings) as Ending[]) process.on(signal, stop);
}
