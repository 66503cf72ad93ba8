/** A Stream over one WebSocket: what is the same for dialled and accepted ones, clients and peers. */
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import { createIntake, type IntakeOptions } from "./intake.ts";
import type { FrameCodec } from "./frames.ts";
import type { Turn } from "./turn.ts";

/** How long the other side may take to agree to a close before the connection is cut. */
const closingMs = 1_000;
/** RFC 6455: a close frame holds at most 123 bytes of reason. */
const reasonBytes = 123;

/** JSON may be laid out in lines, and between quotes there is no end of a line. */
const oneLine = (json: string): string => (json.includes("\n") ? json.replaceAll("\n", " ") : json);

export interface SocketStreamOptions {
  readonly socket: WebSocket;
  /** What carries an accepted socket's frames; a dialled one tells when it opens. */
  readonly wire: Duplex | null;
  /**
   * How much an accepted stream takes at a time; null: all that comes, as on a dialled one, where only replies come.
   */
  readonly intake: Pick<IntakeOptions, "mostAsked" | "mostBytes" | "longestReply"> | null;
  /** At whose end frames leave. */
  readonly turn: Turn;
  /** Who is at the other end, for evidence. */
  readonly peer: string;
  readonly codec: FrameCodec;
  /** Called for each frame in the turn at whose end it leaves; `text` is the frame, in one line. */
  sent(message: Message, text: string): void;
  received(message: Message, text: string): void;
  /** What to say to a frame that is no message; null: close the stream. */
  complain(text: string, why: string): Message | null;
  /** False: this boot is over, and nobody is called any more. */
  live(): boolean;
}

export interface SocketStream extends Stream {
  /** From here on these hear of what happens. Events do not wait for it: call it before the next turn. */
  attach(handlers: StreamHandlers): void;
}

export const socketStream = (options: SocketStreamOptions): SocketStream => {
  const { socket, codec, turn } = options;
  let wire = options.wire;
  let handlers: StreamHandlers = { message: () => {}, close: () => {} };
  /** What waits for a dialled stream to open. */
  let early: { readonly message: Message; readonly text: string }[] = [];
  /** What leaves at the end of this turn. */
  let leaving: string[] = [];
  let leavingBytes = 0;
  let closed = false;
  let trouble = "";

  /** All frames by one write of the socket. */
  const leave = (): void => {
    const texts = leaving;
    leaving = [];
    leavingBytes = 0;
    wire?.cork();
    // A failed send is followed by the socket's close event, which tells.
    for (const text of texts) socket.send(text, left);
    wire?.uncork();
  };

  const send = (message: Message, text: string): void => {
    options.sent(message, text);
    intake?.answered(message.id, text.length);
    if (leaving.length === 0) turn.leaving(leave);
    leaving.push(text);
    leavingBytes += text.length;
  };

  const end = (reason: string): void => {
    if (closed) return;
    closed = true;
    early = [];
    if (options.live()) handlers.close(reason);
  };

  const close = (reason: string): void => {
    if (closed) return;
    // What was sent before goes before.
    if (leaving.length > 0) turn.end();
    closed = true;
    early = [];
    if (socket.readyState === socket.CONNECTING) socket.terminate();
    else socket.close(1000, Buffer.from(reason).subarray(0, reasonBytes));
    setTimeout(() => socket.terminate(), closingMs).unref();
    setImmediate(() => {
      if (options.live()) handlers.close(reason);
    });
  };

  const take = (text: string): void => {
    const frame = codec.decode(text);
    if (frame.ok) {
      options.received(frame.message, oneLine(text));
      intake?.asked(frame.message.id);
      handlers.message(frame.message);
      return;
    }
    const complaint = options.complain(text, frame.why);
    if (complaint === null) close(`bad-frame: ${frame.why}`);
    else stream.send(complaint);
  };

  const stream: SocketStream = {
    send: (message) => {
      if (closed) return;
      const text = codec.encode(message);
      if (socket.readyState !== socket.CONNECTING) return send(message, text);
      early.push({ message, text });
    },
    close,
    bufferedBytes: () =>
      socket.bufferedAmount + leavingBytes + early.reduce((sum, each) => sum + each.text.length, 0),
    attach: (theirs) => {
      handlers = theirs;
    },
  };

  const intake =
    options.intake === null
      ? null
      : createIntake({
          ...options.intake,
          bufferedBytes: stream.bufferedBytes,
          take,
          pause: () => socket.pause(),
          resume: () => socket.resume(),
          live: () => !closed && options.live(),
        });
  const left = (): void => intake?.left();

  socket.on("upgrade", (response) => {
    wire = response.socket;
  });
  socket.on("open", () => {
    if (closed || !options.live()) return socket.terminate();
    for (const { message, text } of early) send(message, text);
    early = [];
    handlers.open?.();
  });
  socket.on("message", (data: RawData, binary: boolean) => {
    if (closed || !options.live()) return;
    const text = binary ? "" : data.toString();
    if (intake === null) take(text);
    else intake.offer(text);
  });
  socket.on("error", (error: Error) => {
    trouble = error.message;
  });
  socket.on("close", (code: number, reason: Buffer) =>
    end(trouble || reason.toString() || `connection lost (${code})`),
  );
  return stream;
};
