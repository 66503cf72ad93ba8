import { expect, it } from "vitest";
import { environmentError, statusOf } from "../../../../harness/platforms/docker/engine-error.ts";

const refusal = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { statusCode });

it.each([
  [
    "a program that the image lacks",
    "start quorate-1-n1",
    refusal(400, 'unable to start container process: exec: "nodde": executable file not found'),
    "command-missing",
  ],
  ["an image that is nowhere", "pull the image x", refusal(404, "no such image"), "image-missing"],
  ["any other refusal", "start quorate-1-n1", refusal(500, "no space left"), "engine-refused"],
  [
    "an engine that is gone",
    "pull the image x",
    Object.assign(new Error("connect ENOENT"), { code: "ENOENT" }),
    "engine-unreachable",
  ],
])("%s has a code and a hint of its own", (_, doing, error, code) => {
  expect(environmentError(doing, error)).toMatchObject({ code, got: error.message });
});

it("takes all refusals of a container's state for conflicts", () => {
  const podman =
    "can only kill running containers. 0ef1 is in state exited: container state improper";
  expect(statusOf(refusal(500, podman))).toBe(409);
  expect(statusOf(refusal(500, "Container 0ef1 is not paused"))).toBe(409);
  expect(statusOf(refusal(500, "no space left"))).toBe(500);
  expect(statusOf(new Error("connect ENOENT"))).toBeUndefined();
});
