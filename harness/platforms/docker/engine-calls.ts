/** Calls the engine's API. Each call has a deadline, and each failure is an EnvironmentError. */
import { EnvironmentError } from "../../errors.ts";
import type { Labelled } from "./engine.ts";
import { environmentError, statusOf } from "./engine-error.ts";

/** The connection that dockerode sends requests through. */
export interface Modem {
  dial(options: object, callback: (error: Error | null, result: unknown) => void): void;
}

export interface CallOptions {
  /** HTTP statuses that are no failure, for example since the wanted state already holds. */
  readonly fine?: readonly number[];
  readonly deadlineMs?: number;
}

export interface EngineCalls {
  /**
   * Makes a call and returns its answer, or undefined if the answer's status is one of `fine`. The signal aborts at the
   * deadline; streams that the call reads must obey it.
   */
  attempt<T>(
    doing: string,
    call: (signal: AbortSignal) => Promise<T>,
    options?: CallOptions,
  ): Promise<T | undefined>;
  /** Makes a call that must succeed. */
  must<T>(
    doing: string,
    call: (signal: AbortSignal) => Promise<T>,
    options?: Omit<CallOptions, "fine">,
  ): Promise<T>;
}

/**
 * The longest deadline of a call, in ms, while the engine has missed a usual deadline and not answered since. It is
 * short because cleaning up makes many calls.
 */
const impatientMs = 5_000;

/**
 * Returns the functions that make calls through one connection to the engine.
 *
 * @param deadlineMs The deadline, in ms, of calls without a deadline of their own.
 * @param left Returns the things that were created through this engine and not yet removed.
 */
export const createCalls = (
  modem: Modem,
  deadlineMs: number,
  left: () => Labelled,
): EngineCalls => {
  let isStalled = false;
  /** The abort signal of the call being made. dockerode dials before that call returns. */
  let dialling: AbortSignal | undefined;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) =>
    dial(dialling === undefined ? options : { ...options, abortSignal: dialling }, callback);

  const attempt: EngineCalls["attempt"] = async (doing, call, options = {}) => {
    const { fine = [] } = options;
    const patienceMs = isStalled
      ? Math.min(impatientMs, deadlineMs)
      : (options.deadlineMs ?? deadlineMs);
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // A call with its own deadline may wait for somebody else, such as a registry.
        if (options.deadlineMs === undefined) isStalled = true;
        reject(stalled(doing, patienceMs, left()));
        // An open request would keep this process alive.
        controller.abort();
      }, patienceMs);
    });
    try {
      dialling = controller.signal;
      const answer = call(controller.signal);
      dialling = undefined;
      const value = await Promise.race([late, answer]);
      isStalled = false;
      return value;
    } catch (error) {
      if (error instanceof EnvironmentError) throw error;
      const status = statusOf(error);
      if (status !== undefined) isStalled = false;
      if (status !== undefined && fine.includes(status)) return undefined;
      throw environmentError(doing, error);
    } finally {
      dialling = undefined;
      clearTimeout(timer);
    }
  };

  return {
    attempt,
    must: async <T>(
      doing: string,
      call: (signal: AbortSignal) => Promise<T>,
      options?: Omit<CallOptions, "fine">,
    ) => (await attempt(doing, call, options)) as T,
  };
};

const stalled = (doing: string, afterMs: number, left: Labelled): EnvironmentError => {
  const names = [...left.containers, ...left.networks, ...left.volumes];
  return new EnvironmentError({
    code: "engine-stalled",
    expected: `the Docker engine to ${doing} within ${afterMs / 1000} s`,
    got: `no answer${names.length === 0 ? "" : `; this run may have left ${names.join(", ")}`}`,
    hint: "See whether the engine runs (`docker info`); once it answers, `quorate clean` removes what is left.",
  });
};
