/** g-counter and pn-counter. */
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
  // Additions with unknown outcome may or may not be included, so only waiting helps.
  isSettled: (reply, { acknowledged, uncertain }) =>
    uncertain === 0 &&
    numberIn(reply, "value") === acknowledged.reduce<number>((sum, by) => sum + Number(by), 0),
};
