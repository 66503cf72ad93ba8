/** Converts failures of engine calls to EnvironmentErrors. */
import { EnvironmentError } from "../../errors.ts";

interface EngineFailure extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

/**
 * The HTTP status of an engine's refusal. Undefined if no engine answered. If the container is in the wrong state for
 * the call, the status is 409, although Podman returns 500, as does Docker 20.10 for a container that is not paused.
 */
export const statusOf = (error: unknown): number | undefined => {
  const { statusCode, message } = error as EngineFailure;
  return statusCode === 500 && /container state improper|is not paused/.test(message)
    ? 409
    : statusCode;
};

/** Refusals with a likely cause: the image or the command in it is missing. */
const known: readonly {
  readonly code: string;
  readonly doing: RegExp;
  readonly failure: RegExp;
  readonly hint: string;
}[] = [
  {
    code: "command-missing",
    doing: /^start /,
    failure: /exec: .*(not found|no such file|permission denied)/i,
    hint: "The image lacks the program, or the program is not executable: correct the node's command, or the image.",
  },
  {
    code: "image-missing",
    doing: /^pull /,
    failure: /./,
    hint: "Correct the image's name, or let the engine reach the registry, or load the image here (docker build, docker load).",
  },
];

export const environmentError = (doing: string, error: unknown): EnvironmentError => {
  const failure = error as EngineFailure;
  const got = failure.message.trim();
  const unreachable = failure.statusCode === undefined && failure.code !== undefined;
  const cause = known.find((one) => one.doing.test(doing) && one.failure.test(got));
  const usual = unreachable
    ? {
        code: "engine-unreachable",
        hint: "Start Docker, let this user open its socket, set DOCKER_HOST to the socket, or use --on sim.",
      }
    : {
        code: "engine-refused",
        hint: "`quorate clean` removes what earlier runs left; `docker info` shows the engine's state.",
      };
  const { code, hint } = unreachable || cause === undefined ? usual : cause;
  return new EnvironmentError(
    { code, expected: `the Docker engine to ${doing}`, got, hint },
    error,
  );
};
