/** The workload lin-kv, and the workloads register and siblings of leaderless nodes. */
import type { Json } from "../../../../generators/index.ts";
import type { MessageBody } from "../../../platforms/messages/message.ts";
import type { ClientRequest, Outcome } from "../../../platforms/session.ts";
import { keyDoesNotExist, preconditionFailed } from "../errors.ts";
import {
  argument,
  type ClientMessages,
  fieldIn,
  keyNumber,
  listIn,
  ReplyError,
  simply,
  valueName,
  valueNumber,
} from "./client-messages.ts";

function bodyOf(request: ClientRequest): MessageBody {
  const key = keyNumber(request.key);
  switch (request.f) {
    case "read":
      return { type: "read", key };
    case "cas":
      return {
        type: "cas",
        key,
        from: valueNumber(String(argument(request, "old"))),
        to: valueNumber(String(argument(request, "new"))),
      };
    default:
      return { type: "write", key, value: valueNumber(request.value ?? "") };
  }
}

/** Reads a key that no plan uses. */
const probe: MessageBody = { type: "read", key: 1_000_000 };

const notFound: Outcome = { kind: "ok", versions: [] };

export const register: ClientMessages = {
  probe,
  perform: simply(bodyOf, (reply, { f, value = "" }) => {
    if (f === "cas") return { kind: "ok", result: { applied: true } };
    if (f !== "read") return { kind: "ok", versions: [{ value }] };
    const held = fieldIn(reply, "value");
    return held === null ? notFound : { kind: "ok", versions: [{ value: valueName(held) }] };
  }),
  answered: ({ f }, code) => {
    if (f === "read" && code === keyDoesNotExist) return notFound;
    if (f !== "cas") return null;
    if (code === keyDoesNotExist) return { kind: "ok", result: { applied: false, found: null } };
    // The error does not say which value was found.
    return code === preconditionFailed ? { kind: "ok", result: { applied: false } } : null;
  },
};

/**
 * Registers that keep concurrent values side by side. The node chooses the context of a read, and the client sends the
 * context back with a write.
 */
export const siblings: ClientMessages = {
  probe,
  perform: simply(
    (request) => ({
      ...bodyOf(request),
      ...(request.f === "read" || request.context === undefined
        ? {}
        : { context: JSON.parse(request.context) as Json }),
    }),
    (reply, { f, value = "" }) => {
      const { context } = reply;
      const token =
        context === undefined || context === null ? {} : { token: JSON.stringify(context) };
      if (f !== "read") return { kind: "ok", versions: [{ value }], ...token };
      const values = listIn(reply, "values");
      if (values.length > 0 && context === undefined)
        throw new ReplyError('read_ok with a "context" beside its values');
      return { kind: "ok", versions: values.map((held) => ({ value: valueName(held) })), ...token };
    },
  ),
  answered: register.answered as NonNullable<ClientMessages["answered"]>,
};
