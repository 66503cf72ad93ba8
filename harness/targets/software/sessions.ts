/** Adapts promise-based clients to the sessions and inspections that the harness expects. */
import type { ReplicaState } from "../../../checkers/index.ts";
import type { ClusterClock } from "../../platforms/cluster.ts";
import {
  type ClientRequest,
  type ClientSession,
  type Inspected,
  type Outcome,
  unanswered,
} from "../../platforms/session.ts";

/**
 * Makes a session whose requests go to `ask`. If `ask` rejects, for example because it cannot read the store's answer,
 * the outcome of the request is open.
 *
 * @param close Called when the session ends.
 */
export function sessionOf(
  clock: ClusterClock,
  ask: (request: ClientRequest, timeoutMs: number) => Promise<Outcome>,
  close: () => void = () => {},
): ClientSession {
  let current: { cancel(): void } | null = null;
  return {
    perform(request, timeoutMs, done) {
      const finish = (outcome: Outcome): void => {
        if (current !== timer) return;
        current = null;
        timer.cancel();
        done(outcome);
      };
      const timer = clock.setTimer(timeoutMs, () => finish(unanswered(true, timeoutMs)));
      current = timer;
      void ask(request, timeoutMs).then(finish, (error: unknown) =>
        // The request may have taken effect.
        finish({
          kind: "info",
          code: "unreadable-answer",
          message: error instanceof Error ? error.message : String(error),
        }),
      );
    },
    close() {
      current?.cancel();
      current = null;
      close();
    },
  };
}

const retryMs = 100;

/** Asks a node for its state until it answers. Returns a function that stops asking. */
export function untilTold(
  clock: ClusterClock,
  ask: () => Promise<Readonly<Record<string, ReplicaState>>>,
  done: (inspected: Inspected) => void,
): () => void {
  let isOver = false;
  const again = (): void => {
    if (isOver) return;
    ask().then(
      (state) => {
        if (!isOver) done({ state, pending: 0 });
      },
      () => void clock.setTimer(retryMs, again),
    );
  };
  again();
  return () => {
    isOver = true;
  };
}
