/** What an engine's refusals mean here. */
import { EnvironmentError } from "../../errors.ts";

interface EngineFailure extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

export const statusOf = (error: unknown): number | undefined => (error as EngineFailure).statusCode;

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
