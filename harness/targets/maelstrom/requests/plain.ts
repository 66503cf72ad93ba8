/** The workloads echo and unique-ids. */
import { argument, type ClientMessages, fieldIn, simply } from "./client-messages.ts";

export const echo: ClientMessages = {
  perform: simply(
    (request) => ({ type: "echo", echo: argument(request, "text") }),
    (reply) => ({ kind: "ok", result: fieldIn(reply, "echo") }),
  ),
};

export const uniqueIds: ClientMessages = {
  perform: simply(
    () => ({ type: "generate" }),
    (reply) => ({ kind: "ok", result: fieldIn(reply, "id") }),
  ),
};
