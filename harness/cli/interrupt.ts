import { isApart, onSignalApart } from "./apart.ts";
import { type Ending, leaveAtOnce, onEnding } from "./signals.ts";

/**
 * Returns a signal that the first Ctrl-C aborts, so that the command heals faults, stops and reports. The second Ctrl-C
 * ends the process at once; `quorate clean` then removes what is left. SIGTERM and SIGHUP count as Ctrl-C.
 */
export function abortOnSignal(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: Ending): void => {
    if (controller.signal.aborted) leaveAtOnce(signal);
    say(
      "Stopping: healing faults and removing what the run made. Interrupt again to stop at once.",
    );
    controller.abort();
  };
  if (isApart) onSignalApart(stop);
  else onEnding(stop);
  return controller.signal;
}
