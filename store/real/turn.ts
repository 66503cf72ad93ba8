/**
 * A turn of the event loop. At its end, the node first writes all evidence of the turn at once, and then sends the
 * messages of the turn.
 */

export interface Turn {
  /**
   * Must be called when something was recorded or is to be sent. The turn ends once everything that arrived in it was
   * handled.
   */
  begin(): void;
  /** Calls `go` at the end of the turn, to send messages. */
  leaving(go: () => void): void;
  /** Ends the turn now. If the evidence cannot be written, throws and sends nothing. */
  end(): void;
}

/**
 * `write` passes all evidence to the kernel. `live` says whether this boot is still alive. Once it has ended, nothing
 * is written or sent any more.
 */
export const createTurn = (write: () => void, live: () => boolean): Turn => {
  let begun = false;
  let waiting: (() => void)[] = [];
  const end = (): void => {
    begun = false;
    if (!live()) return;
    // The list is emptied before the evidence is written: if writing throws, the messages must never be sent.
    const now = waiting;
    waiting = [];
    write();
    for (const go of now) go();
  };
  const begin = (): void => {
    if (begun) return;
    begun = true;
    setImmediate(end);
  };
  return {
    begin,
    leaving: (go) => {
      waiting.push(go);
      begin();
    },
    end,
  };
};
