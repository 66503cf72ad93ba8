/** One turn of the event loop: what it recorded is written first, all at once; then what it sent leaves. */

export interface Turn {
  /**
   * Something was recorded, or waits to leave: the turn is to be ended, once whatever else arrived with it was served.
   */
  begin(): void;
  /** `go` is called when the turn ends. */
  leaving(go: () => void): void;
  /** Ends the turn now. Throws where the evidence cannot be written, and then nothing leaves. */
  end(): void;
}

/**
 * `write` hands all evidence so far to the kernel. `live` false: this boot is over, nothing is written and nothing
 * leaves any more.
 */
export const createTurn = (write: () => void, live: () => boolean): Turn => {
  let begun = false;
  let waiting: (() => void)[] = [];
  const end = (): void => {
    begun = false;
    if (!live()) return;
    // Taken first: where the evidence is lost, what it told of must never leave.
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
