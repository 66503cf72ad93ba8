/** One turn of the event loop: first writes everything it recorded at once, then sends its messages. */

export interface Turn {
  /**
   * Called when something was recorded or waits to be sent: the turn ends once all that arrived with it was handled.
   */
  begin(): void;
  /** Calls `go` at the end of the turn. */
  leaving(go: () => void): void;
  /** Ends the turn now. Throws if the evidence cannot be written, and then sends nothing. */
  end(): void;
}

/**
 * `write` passes all evidence to the kernel. `live` false: this boot has ended, and nothing is written or sent any
 * more.
 */
export const createTurn = (write: () => void, live: () => boolean): Turn => {
  let begun = false;
  let waiting: (() => void)[] = [];
  const end = (): void => {
    begun = false;
    if (!live()) return;
    // Taken first: if the evidence is lost, the messages that it describes must never be sent.
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
