/**
 * Wraps a session. The wrapped session stays in `open` until it is closed, so that the cluster can close it at the end
 * of a history. `happened` is called after each outcome.
 */
import type { ClientSession } from "./session.ts";

export function trackSession(
  session: ClientSession,
  open: Set<ClientSession>,
  happened: () => void,
): ClientSession {
  const tracked: ClientSession = {
    perform: (request, timeoutMs, done) =>
      session.perform(request, timeoutMs, (outcome) => {
        done(outcome);
        happened();
      }),
    close() {
      open.delete(tracked);
      session.close();
    },
  };
  open.add(tracked);
  return tracked;
}
