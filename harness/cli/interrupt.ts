import { isApart, onSignalApart } from "./apart.ts";

/** Ctrl-C once: heal, stop, remove, report. Twice: leave at once (`quorate clean` removes what is left). */
export function abortOnSignal(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    say("Stopping: healing faults and removing what was made. Again to leave at once.");
    controller.abort();
  };
  if (isApart) onSignalApart(stop);
  else process.on("SIGINT", stop).on("SIGTERM", stop);
  return controller.signal;
}
