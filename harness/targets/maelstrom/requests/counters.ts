/** The workloads g-counter and pn-counter. */
import { argument, type ClientMessages, numberIn, simply } from "./client-messages.ts";

export const counter: ClientMessages = {
  perform: simply(
    (request) =>
      request.f === "add" ? { type: "add", delta: argument(request, "by") } : { type: "read" },
    (reply, request, { shared }) => {
      if (request.f === "read") return { kind: "ok", result: numberIn(reply, "value") };
      shared.acknowledged.push(argument(request, "by"));
      return { kind: "ok" };
    },
  ),
  // If operations have an unknown outcome, the sum never counts as settled, since it may or may not contain their
  // additions. The harness then waits for the whole time.
  isSettled: (reply, { acknowledged, uncertain }) =>
    uncertain === 0 &&
    numberIn(reply, "value") === acknowledged.reduce<number>((sum, by) => sum + Number(by), 0),
};
