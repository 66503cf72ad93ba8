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
  // A sum may contain additions with unknown outcome or not. If there are any, it never counts as settled, so the
  // harness waits for the whole time.
  isSettled: (reply, { acknowledged, uncertain }) =>
    uncertain === 0 &&
    numberIn(reply, "value") === acknowledged.reduce<number>((sum, by) => sum + Number(by), 0),
};
