/** The functions of the store's codec that sockets use, and the id of a bad frame. */
import type { Message } from "../protocol/protocol.ts";

export interface FrameCodec {
  encode(message: Message): string;
  decode(
    text: string,
  ):
    { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly why: string };
}

/** The id in a frame, so that an error reply tells the sender which frame was bad. 0 if the frame has no valid id. */
export const claimedId = (text: string): number => {
  try {
    const frame: unknown = JSON.parse(text);
    const id = typeof frame === "object" && frame !== null && "id" in frame ? frame.id : 0;
    return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : 0;
  } catch {
    // A frame that is not JSON has no id.
    return 0;
  }
};
