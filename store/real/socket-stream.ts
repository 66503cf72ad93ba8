/** A Stream over one WebSocket: the common part of dialled and accepted streams, of clients and peers. */
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import { createIntake, type IntakeOptions } from "./intake.ts";
import type { FrameCodec } from "./frames.ts";
import type { Turn } from "./turn.ts";

/** How long the other end may take to agree to a close. */
const closingMs = 1_000;
/** RFC 6455: a close frame's reason has at most 123 bytes. */
const reasonBytes = 123;

/** JSON may contain line feeds between tokens, but never inside quotes. */
const oneLine = (json: string): string => (json.includes("\n") ? json.replaceAll("\n", " ") : json);

export interface SocketStreamOptions {
  readonly socket: WebSocket;
  /** The connection of an accepted socket. A dialled one reports when it opens. */
  readonly wire: Duplex | null;
  /** The limits for requests on an accepted stream. Null: no limits, as on a dialled one, where only replies arrive. */
  readonly intake: Pick<IntakeOptions, "mostAsked" | "mostBytes" | "longestReply"> | null;
  /** The turn at whose end frames are sent. */
  readonly turn: Turn;
  /** The name of the other end for evidence. */
  readonly peer: string;
  readonly codec: FrameCodec;
  /** Called for each frame when it is sent at the end of the turn. `text`: the frame as one line. */
  sent(message: Message, text: string): void;
  received(message: Message, text: string): void;
  /** The answer to a frame that is no message. Null: closes the stream. */
  complain(text: string, why: string): Message | null;
  /** False: this boot has ended, and no callback is called any more. */
  live(): boolean;
}

export interface SocketStream extends Stream {
  /** Sets the handlers. Call it before the next turn, since events do not wait. */
  attach(handlers: StreamHandlers): void;
}

export const socketStream = (options: SocketStreamOptions): SocketStream => {
  const { socket, codec, turn } = options;
  let wire = options.wire;
  let handlers: StreamHandlers = { message: () => {}, close: () => {} };
  /** Messages that wait for a dialled stream to open. */
  let early: { readonly message: Message; readonly text: string }[] = [];
  /** Frames to send at the end of this turn. */
  let leaving: string[] = [];
  let leavingBytes = 0;
  let closed = false;
  let trouble = "";

  /** Sends all frames by one write of the socket. */
  const leave = (): void => {
    const texts = leaving;
    leaving = [];
    leavingBytes = 0;
    wire?.cork();
    // After a failed send the socket's close event follows.
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
    // Sends earlier messages first.
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
