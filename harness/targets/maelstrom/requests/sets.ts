/** The workloads broadcast and g-set. */
import type { MessageBody } from "../../../platforms/messages/message.ts";
import type { ClientRequest } from "../../../platforms/session.ts";
import { argument, type ClientMessages, listIn, simply } from "./client-messages.ts";

const set = (
  add: (request: ClientRequest) => MessageBody,
  /** The field of a read's reply that lists the elements. */
  elements: string,
): ClientMessages => ({
  perform: simply(
    (request) => (request.f === "add" ? add(request) : { type: "read" }),
    (reply, request, { shared }) => {
      if (request.f === "read") return { kind: "ok", result: listIn(reply, elements) };
      shared.acknowledged.push(argument(request, "element"));
      return { kind: "ok" };
    },
  ),
  isSettled: (reply, { acknowledged }) => {
    const held = new Set(listIn(reply, elements));
    return acknowledged.every((element) => held.has(element));
  },
});

export const broadcast = set(
  (request) => ({ type: "broadcast", message: argument(request, "element") }),
  "messages",
);

export const gSet = set(
  (request) => ({ type: "add", element: argument(request, "element") }),
  "value",
);
