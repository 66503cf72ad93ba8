/** Sessions that the cluster closes when a history ends, and that tell it when something happened. */
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
