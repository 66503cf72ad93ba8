/** What an engine's refusals mean here. */
import { EnvironmentError } from "../../errors.ts";

interface EngineFailure extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

const statusOf = (error: unknown): number | undefined => (error as EngineFailure).statusCode;

export const environmentError = (doing: string, error: unknown): EnvironmentError => {
  const failure = error as EngineFailure;
  const unreachable = failure.statusCode === undefined && failure.code !== undefined;
  return new EnvironmentError(
    {
      code: unreachable ? "engine-unreachable" : "engine-refused",
      expected: `the Docker engine to ${doing}`,
      got: failure.message.trim(),
      hint: unreachable
        ? "Start Docker, or set DOCKER_HOST to its socket, or use --on sim."
        : "`quorate clean` removes what earlier runs left; `docker info` shows the engine's state.",
    },
    error,
  );
};

/** Runs an engine call; `fine` are HTTP statuses that mean that the wanted state holds already. */
export const attempt = async <T>(
  doing: string,
  call: () => Promise<T>,
  fine: readonly number[] = [],
): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && fine.includes(status)) return undefined;
    throw environmentError(doing, error);
  }
};

export const must = async <T>(doing: string, call: () => Promise<T>): Promise<T> =>
  (await attempt(doing, call)) as T;
