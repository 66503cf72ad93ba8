import { isApart, onSignalApart } from "./apart.ts";
import { type Ending, endings, leave, onEnding } from "./signals.ts";

/**
 * The first Ctrl-C heals, stops, removes and reports. The second leaves at once; `quorate clean` removes what is left.
 */
export function abortOnSignal(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: Ending): void => {
    if (controller.signal.aborted) leave(endings[signal]);
    say("Stopping: healing faults and removing what was made. Again to leave at once.");
    controller.abort();
  };
  if (isApart) onSignalApart(stop);
  else onEnding(stop);
  return controller.signal;
}
