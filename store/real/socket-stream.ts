/** A Stream over one WebSocket. Dialled and accepted streams, of clients and of peers, share this code. */
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import { createIntake, type IntakeOptions } from "./intake.ts";
import type { FrameCodec } from "./frames.ts";
import type { Turn } from "./turn.ts";

/** The time that the other end has to agree to a close. */
const closingMs = 1_000;
/** The largest number of bytes of the reason in a close frame (RFC 6455). */
const reasonBytes = 123;

/** Replaces line feeds by spaces. In JSON they occur only between tokens, never inside quotes. */
const oneLine = (json: string): string => (json.includes("\n") ? json.replaceAll("\n", " ") : json);

export interface SocketStreamOptions {
  readonly socket: WebSocket;
  /**
   * The network connection under an accepted socket. Null for a dialled socket, whose connection is known only once it
   * opens.
   */
  readonly wire: Duplex | null;
  /** The limits for requests on an accepted stream. Null for a dialled stream, on which only replies arrive. */
  readonly intake: Pick<IntakeOptions, "mostAsked" | "mostBytes" | "longestReply"> | null;
  /** The turn of the event loop. Frames are sent at its end. */
  readonly turn: Turn;
  /** The name of the other end in the evidence. */
  readonly peer: string;
  readonly codec: FrameCodec;
  /**
   * Called for each frame when it is handed over for sending at the end of the turn. `text` is the frame in one line.
   */
  sent(message: Message, text: string): void;
  received(message: Message, text: string): void;
  /** The reply to a frame that is not a valid message. If null, the stream is closed. */
  complain(text: string, why: string): Message | null;
  /** Whether this boot is still alive. Once it has ended, no callback is called any more. */
  live(): boolean;
}

export interface SocketStream extends Stream {
  /**
   * Sets the handlers. Must be called in the turn in which the stream was made, since events do not wait for handlers.
   */
  attach(handlers: StreamHandlers): void;
}

export const socketStream = (options: SocketStreamOptions): SocketStream => {
  const { socket, codec, turn } = options;
  let wire = options.wire;
  let handlers: StreamHandlers = { message: () => {}, close: () => {} };
  /** Messages that wait until a dialled stream is open. */
  let early: { readonly message: Message; readonly text: string }[] = [];
  /** Frames that wait for the end of this turn. */
  let leaving: string[] = [];
  let leavingBytes = 0;
  let closed = false;
  let trouble = "";

  /** Sends all waiting frames in one write to the socket. */
  const leave = (): void => {
    const texts = leaving;
    leaving = [];
    leavingBytes = 0;
    wire?.cork();
    // If a send fails, no error is handled here: the socket's close event follows.
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
    // Messages that wait for the end of the turn still go out first.
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
