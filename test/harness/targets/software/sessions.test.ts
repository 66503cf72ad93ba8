/** Sessions that send their requests to a function. */
import { expect, it } from "vitest";
import type { ClientRequest, Outcome } from "../../../../harness/platforms/session.ts";
import { sessionOf } from "../../../../harness/targets/software/sessions.ts";

const clock = {
  nowUs: () => 0,
  setTimer: () => ({ cancel: () => {} }),
};

it("leaves the outcome open if an answer cannot be read", async () => {
  const session = sessionOf(clock, async () => {
    await Promise.resolve();
    return JSON.parse("<html>") as Outcome;
  });
  const request: ClientRequest = { op: 0, f: "read", key: "k" };
  const outcome = await new Promise<Outcome>((resolve) => {
    session.perform(request, 1000, resolve);
  });
  expect(outcome).toMatchObject({ kind: "info", code: "unreadable-answer" });
});
