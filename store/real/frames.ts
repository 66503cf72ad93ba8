/** The part of the store's codec that sockets use. */
import type { Message } from "../protocol/protocol.ts";

export interface FrameCodec {
  encode(message: Message): string;
  decode(
    text: string,
  ):
    { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly why: string };
}

/** The id in a frame, so that the sender of a bad frame can tell which one it was. 0: there is none. */
export const claimedId = (text: string): number => {
  try {
    const frame: unknown = JSON.parse(text);
    const id = typeof frame === "object" && frame !== null && "id" in frame ? frame.id : 0;
    return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : 0;
  } catch {
    // Not JSON, so it has no id.
    return 0;
  }
};
