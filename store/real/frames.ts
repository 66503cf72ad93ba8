/** What the sockets need of the store's codec. */
import type { Message } from "../protocol/protocol.ts";

export interface FrameCodec {
  encode(message: Message): string;
  decode(
    text: string,
  ):
    { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly why: string };
}

/** The id that a frame claims to have, so that the sender of a bad one can tell which; 0 where there is none. */
export const claimedId = (text: string): number => {
  try {
    const frame: unknown = JSON.parse(text);
    const id = typeof frame === "object" && frame !== null && "id" in frame ? frame.id : 0;
    return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : 0;
  } catch {
    // Not JSON: it has no id, and the reply says so by 0.
    return 0;
  }
};
