/** Sessions that the cluster closes at the end of a history. They report each outcome to the cluster. */
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
