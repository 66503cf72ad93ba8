/**
 * A store of one node in the simulator, and variants of it with one flaw each. One variant has two nodes, which share
 * their data. Without a flaw, the store syncs each write before it acknowledges it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type {
  ClientRequest,
  ClientSession,
  Connection,
  Outcome,
} from "../../../../harness/platforms/session.ts";
import { notConnected, unanswered } from "../../../../harness/platforms/session.ts";
import type {
  Host,
  Protocol,
  SimulatedTarget,
} from "../../../../harness/platforms/simulator/index.ts";
import { defineTarget } from "../../../../harness/targets/define-target.ts";
import type { Target } from "../../../../harness/targets/target.ts";

type Message =
  | { readonly type: "ask"; readonly id: number; readonly key: string; readonly value?: string }
  | { readonly type: "answer"; readonly id: number; readonly value: string | null };

interface Stored {
  readonly key: string;
  readonly value: string;
}

/** The flaw of a toy store. Only one field is set. */
export interface Flaw {
  /** The store never reports that it is ready. */
  readonly neverReady?: true;
  /** The store keeps its data here, so that the data survives from one history to the next. */
  readonly outlives?: Map<string, string>;
  /** The client reports a timeout as a refusal (`fail`). */
  readonly timeoutsAreDefinite?: true;
  /** The store acknowledges a write without writing it to the disk. */
  readonly forgets?: true;
  /** The store has two nodes. The second one never serves again once it starts with data on its disk. */
  readonly secondGoesDeaf?: true;
  /** The store starts a process with each history, adds it here, and never ends it. */
  readonly leaves?: ChildProcess[];
}

const protocol: Protocol<Message, Stored> = {
  validate: ({ type }) => (type === "ask" || type === "answer" ? null : "no message of the toy"),
  describeFrame: ({ type, id }) => ({ frame: "other", detail: `${type} ${id}` }),
  describeRecord: ({ key }) => ({ key, versions: [] }),
  recordBytes: (record) => JSON.stringify(record).length,
  lastValueBytes: () => 0,
  tornRecord: () => null,
  hashRecords: (records) => JSON.stringify(records),
};

function boot(
  host: Host<Message, Stored>,
  { outlives, forgets, secondGoesDeaf }: Flaw,
  shared: Map<string, string>,
): void {
  const held = outlives ?? (secondGoesDeaf === true ? shared : new Map<string, string>());
  const log = host.log("log");
  log.recover((entries) => {
    if (secondGoesDeaf === true && host.node === "n2" && entries.length > 0) return;
    for (const entry of entries) if (entry.whole) held.set(entry.record.key, entry.record.value);
    host.accept((_, stream) => ({
      message(message) {
        if (message.type !== "ask") return;
        const { id, key, value } = message;
        const answer = (): void =>
          stream.send({ type: "answer", id, value: held.get(key) ?? null });
        if (value === undefined) return answer();
        const keep = (): void => {
          held.set(key, value);
          answer();
        };
        if (forgets === true) return keep();
        log.append({ key, value });
        log.sync((failure) => failure ?? keep());
      },
      close: () => {},
    }));
  });
}

type Dial = (handlers: {
  open(): void;
  message(message: Message): void;
  close(reason: string): void;
}) => Connection<Message>;

/**
 * A client with one connection. The connection is opened at its first use, and again at the next use after it was lost.
 */
function session(
  dial: Dial,
  setTimer: (delayMs: number, fire: () => void) => { cancel(): void },
  { timeoutsAreDefinite }: Flaw,
): ClientSession {
  let current: { readonly connection: Connection<Message>; open: boolean } | null = null;
  let waiting: { readonly id: number; finish(outcome: Outcome): void } | null = null;
  const connect = (): NonNullable<typeof current> => {
    const entry = {
      open: false,
      connection: dial({
        open: () => {
          entry.open = true;
        },
        message(message) {
          if (message.type !== "answer" || message.id !== waiting?.id) return;
          const { value } = message;
          waiting.finish({ kind: "ok", versions: value === null ? [] : [{ value }] });
        },
        close(reason) {
          if (current === entry) current = null;
          waiting?.finish(
            entry.open
              ? { kind: "info", code: "lost", message: reason }
              : { kind: "fail", code: notConnected, message: reason },
          );
        },
      }),
    };
    return entry;
  };
  return {
    perform({ op: id, key, value }: ClientRequest, timeoutMs, done) {
      const timer = setTimer(timeoutMs, () =>
        waiting?.finish(
          timeoutsAreDefinite === true
            ? { kind: "fail", code: "timeout", message: "no answer" }
            : unanswered(current?.open === true, timeoutMs),
        ),
      );
      waiting = {
        id,
        finish(outcome) {
          waiting = null;
          timer.cancel();
          done(outcome);
        },
      };
      current ??= connect();
      current.connection.send({ type: "ask", id, key, ...(value === undefined ? {} : { value }) });
    },
    close() {
      waiting = null;
      current?.connection.close("the client is done");
    },
  };
}

const simulator = (flaw: Flaw): SimulatedTarget<Message, Stored> => ({
  protocol,
  nodes: () => (flaw.secondGoesDeaf === true ? ["n1", "n2"] : ["n1"]),
  async program() {
    flaw.leaves?.push(spawn("sleep", ["300"], { stdio: "ignore" }));
    const shared = new Map<string, string>();
    return { boot: (host) => boot(host, flaw, shared) };
  },
  clients: (network) => {
    const open = (client: string, node: string): ClientSession =>
      session(
        (handlers) => network.dial(client, node, handlers),
        (delayMs, fire) => network.clock.setTimer(delayMs, fire),
        flaw,
      );
    return {
      meshed: false,
      ready(node, done) {
        const asking = open("readiness", node);
        const ask = (): void =>
          asking.perform({ op: 0, f: "read", key: "" }, 1_000, ({ kind }) =>
            kind === "ok" && flaw.neverReady !== true
              ? done()
              : void network.clock.setTimer(10, ask),
          );
        ask();
      },
      session: open,
    };
  },
});

/** The target of a toy store. It has reads and writes, but no deletes. */
export const toy = (flaw: Flaw = {}, more: Partial<Target> = {}): Target => ({
  ...defineTarget({
    name: "toy",
    version: "1",
    nodes: flaw.secondGoesDeaf === true ? 2 : 1,
    requestTimeoutMs: 500,
    usePercent: (_, f) => (f === "delete" ? 0 : null),
    promises: () => ["no-thin-air", "no-aborted-read", "linearizable", "durable"],
    simulator: simulator(flaw),
  }),
  ...more,
});
