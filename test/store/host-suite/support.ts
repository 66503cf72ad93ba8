/** What the tests of the suite share: records, messages, and handlers that record their calls. */
import { expect } from "vitest";
import type {
  Host,
  LogFailure,
  LogRecord,
  Message,
  RecoveredEntry,
  Remote,
  Stream,
  StreamHandlers,
} from "../../../store/index.ts";
import type { HostWorld } from "./world.ts";

export const record = (value: number): LogRecord => ({
  key: `k${value}`,
  state: { kind: "stamped", stamp: `s${String(value).padStart(6, "0")}`, value: `v${value}` },
});
export const records = (from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from }, (_, i) => record(from + i));
export const wholeRecords = (entries: readonly RecoveredEntry[]): LogRecord[] =>
  entries.flatMap((entry) => (entry.whole ? [entry.record] : []));
export const ping = (id: number): Message => ({ type: "ping", id });
export const quiet: StreamHandlers = { message: () => {}, close: () => {} };
export const idle = (host: Host): void => host.accept(() => quiet);

/** A program that accepts streams. It records the pings that arrive, and answers each with a pong. */
export const listener = () => {
  const heard: number[] = [];
  const remotes: Remote[] = [];
  const streams: Stream[] = [];
  const closes: string[] = [];
  const take = (remote: Remote, stream: Stream): StreamHandlers => {
    remotes.push(remote);
    streams.push(stream);
    return {
      message: (message) => {
        if (message.type !== "ping") return;
        heard.push(message.id);
        stream.send({ type: "pong", id: message.id });
      },
      close: (reason) => closes.push(reason),
    };
  };
  return { heard, remotes, streams, closes, program: (host: Host) => host.accept(take) };
};

/** Handlers of a dialled stream. They record their calls in `events`. */
export const dialler = () => {
  const events: string[] = [];
  const handlers: StreamHandlers = {
    open: () => events.push("open"),
    message: (message) =>
      events.push(`message ${message.type === "pong" ? message.id : message.type}`),
    close: () => events.push("close"),
  };
  return { events, handlers };
};

/** Appends records to a log, syncs the log, and waits until the sync has succeeded. */
export const synced = async (
  world: HostWorld,
  host: Host,
  log: string,
  added: readonly LogRecord[],
): Promise<void> => {
  let outcome: LogFailure | null | undefined;
  for (const each of added) host.log(log).append(each);
  host.log(log).sync((error) => {
    outcome = error;
  });
  await world.until(() => outcome !== undefined);
  expect(outcome).toBeNull();
};

/** The entries that a log has at recovery. */
export const recovered = async (
  world: HostWorld,
  host: Host,
  log: string,
): Promise<readonly RecoveredEntry[]> => {
  let entries: readonly RecoveredEntry[] | undefined;
  host.log(log).recover((found) => {
    entries = found;
  });
  expect(entries, "recover called back from within the call").toBeUndefined();
  await world.until(() => entries !== undefined);
  return entries ?? [];
};
