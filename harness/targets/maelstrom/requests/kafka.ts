/** The workload kafka. The client itself remembers its offset in each log. */
import type { Json } from "../../../../generators/index.ts";
import type { MessageBody } from "../../../platforms/messages/message.ts";
import {
  argument,
  type AskNode,
  type ClientMemory,
  type ClientMessages,
  fieldIn,
  numberIn,
  ReplyError,
} from "./client-messages.ts";

export const kafka: ClientMessages = {
  perform(request, memory, ask, done) {
    const { key } = request;
    switch (request.f) {
      case "send":
        return ask({ type: "send", key, msg: argument(request, "message") }, "send_ok", (reply) =>
          done({ kind: "ok", result: { offset: numberIn(reply, "offset") } }),
        );
      case "commit": {
        // A commit contains the offset of the last polled message of each log.
        const offsets = Object.fromEntries(memory.polled);
        return ask({ type: "commit_offsets", offsets }, "commit_offsets_ok", () =>
          done({ kind: "ok", result: offsets }),
        );
      }
      case "committed":
        return committed([key], ask, (offsets) => done({ kind: "ok", result: offsets }));
      default:
        return poll(key, memory, ask, (result) => done({ kind: "ok", result }));
    }
  },
};

function committed(
  keys: readonly string[],
  ask: AskNode,
  done: (offsets: Readonly<Record<string, number>>) => void,
): void {
  ask({ type: "list_committed_offsets", keys }, "list_committed_offsets_ok", (reply) =>
    done(offsetsIn(reply)),
  );
}

/**
 * Polls a log, and the logs in which the client has an offset. A client without an offset in the log starts at the
 * committed offset, as Maelstrom's client does. It does not start one message later, since some programs say that 0 is
 * committed where nothing was.
 */
function poll(key: string, memory: ClientMemory, ask: AskNode, done: (result: Json) => void): void {
  const go = (): void => {
    const asked = Object.fromEntries(memory.offsets);
    ask({ type: "poll", offsets: asked }, "poll_ok", (reply) => {
      const messages = messagesIn(reply);
      for (const [log, pairs] of Object.entries(messages)) {
        const last = pairs.at(-1);
        if (last === undefined) continue;
        memory.offsets.set(log, last[0] + 1);
        memory.polled.set(log, last[0]);
      }
      done(messages);
    });
  };
  if (memory.offsets.has(key)) return go();
  committed([key], ask, (offsets) => {
    memory.offsets.set(key, offsets[key] ?? 0);
    go();
  });
}

function offsetsIn(reply: MessageBody): Readonly<Record<string, number>> {
  const offsets = fieldIn(reply, "offsets");
  const isRight =
    typeof offsets === "object" &&
    offsets !== null &&
    Object.values(offsets as Readonly<Record<string, Json>>).every(Number.isSafeInteger);
  if (isRight) return offsets as Readonly<Record<string, number>>;
  throw new ReplyError('list_committed_offsets_ok with "offsets", a whole number for each key');
}

type Pairs = readonly (readonly [offset: number, message: Json])[];

function messagesIn(reply: MessageBody): Readonly<Record<string, Pairs>> {
  const messages = fieldIn(reply, "msgs");
  const isRight =
    typeof messages === "object" &&
    messages !== null &&
    Object.values(messages as Readonly<Record<string, Json>>).every(
      (pairs) =>
        Array.isArray(pairs) &&
        (pairs as readonly Json[]).every(
          (pair) => Array.isArray(pair) && pair.length === 2 && Number.isSafeInteger(pair[0]),
        ),
    );
  if (isRight) return messages as unknown as Readonly<Record<string, Pairs>>;
  throw new ReplyError(
    'poll_ok with "msgs", for each key a list of [offset, message] with whole numbers as offsets',
  );
}
