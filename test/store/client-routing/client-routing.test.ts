import { describe, expect, test } from "vitest";
import {
  ClientRouter,
  type ClientReply,
  type Connect,
  fallbacks,
  parseSettings,
  preferenceList,
  type Received,
  type Sent,
} from "../../../store/index.ts";
import type { StoreSettings } from "../../../store/index.ts";

const state = (dot: string) =>
  ({
    kind: "siblings",
    siblings: [{ dot, value: dot }],
    context: { [dot.slice(0, dot.indexOf(":"))]: Number(dot.slice(dot.indexOf(":") + 1)) },
  }) as const;

/**
 * A client whose nodes answer as `answer` decides. If it returns null, the node does not answer. The client cannot
 * connect to nodes in `down`.
 */
function clientOf(
  answer: (node: string, message: Sent) => Received | null,
  {
    down = [],
    settings = {},
  }: { readonly down?: readonly string[]; readonly settings?: Partial<StoreSettings> } = {},
) {
  const all = parseSettings({
    versions: "siblings",
    routing: "client",
    hints: true,
    antiEntropy: false,
    ...settings,
  });
  const sent: { readonly node: string; readonly message: Sent }[] = [];
  const later: (() => void)[] = [];
  const timers = new Set<() => void>();
  const closed: string[] = [];
  const connect: Connect = (node, handlers) => {
    const isDown = down.includes(node);
    later.push(() => (isDown ? handlers.closed("refused") : handlers.open()));
    return {
      send(message) {
        if (isDown) return;
        sent.push({ node, message });
        const reply = answer(node, message);
        if (reply !== null) later.push(() => handlers.reply(reply));
      },
      close: () => closed.push(node),
    };
  };
  const router = new ClientRouter(all, connect, (_, fire) => {
    timers.add(fire);
    return { cancel: () => timers.delete(fire) };
  });
  const replies: ClientReply[] = [];
  const run = (): void => {
    for (let next = later.shift(); next !== undefined; next = later.shift()) next();
  };
  const expire = (): void => {
    for (const fire of [...timers]) if (timers.delete(fire)) fire();
    run();
  };
  const ask = (request: Parameters<typeof router.request>[0]): void => {
    router.request(request, (reply) => replies.push(reply));
    run();
  };
  return {
    router,
    sent,
    closed,
    replies,
    ask,
    expire,
    replicas: preferenceList(all, "k"),
    standIns: fallbacks(all, "k"),
  };
}

const put = { type: "put", id: 1, key: "k", value: "v" } as const;
const get = { type: "get", id: 2, key: "k" } as const;

/** The answer of a replica that works. `held` gives the state that each replica returns to a read. */
function well(
  node: string,
  message: Sent,
  held: (node: string) => ReturnType<typeof state> | null = () => null,
): Received | null {
  switch (message.type) {
    case "version-put":
      return {
        type: "versioned",
        id: message.id,
        key: "k",
        version: `${node}.1:1`,
        state: state(`${node}.1:1`),
      };
    case "replica-put":
      return { type: "replica-stored", id: message.id, key: "k" };
    case "hint-put":
      return { type: "hint-stored", id: message.id, trace: message.trace, key: "k" };
    case "replica-get":
      return { type: "replica-got", id: message.id, key: "k", state: held(node) };
    default:
      return null;
  }
}

describe("a put that the client routes", () => {
  test("is versioned by the first replica and sent to the others", () => {
    const { ask, sent, replies, replicas } = clientOf(well);
    ask(put);
    expect(sent.map(({ node, message }) => [node, message.type])).toEqual([
      [replicas[0], "version-put"],
      [replicas[1], "replica-put"],
      [replicas[2], "replica-put"],
    ]);
    expect(replies).toEqual([
      {
        type: "stored",
        id: 1,
        key: "k",
        version: `${replicas[0]}.1:1`,
        context: `${replicas[0]}.1:1`,
      },
    ]);
  });

  test("that names a DW asks all for their syncs, whichever log they have; one that names none does not", () => {
    const asked = (more: {
      readonly dw?: number;
      readonly w?: number;
    }): readonly (boolean | undefined)[] => {
      const { ask, sent } = clientOf(well, { settings: { sync: "periodic" } });
      ask({ ...put, ...more });
      return sent.map(({ message }) => "synced" in message && message.synced);
    };
    expect(asked({ dw: 1, w: 2 })).toEqual([true, true, true]);
    expect(asked({ w: 2 })).toEqual([false, false, false]);
    expect(asked({ dw: 0 })).toEqual([false, false, false]);
  });

  test("with one of three replicas down succeeds: the next one versions it, and a stand-in keeps a hint that does not count", () => {
    const [first = ""] = clientOf(well).replicas;
    const { ask, sent, replies, replicas, standIns } = clientOf(well, { down: [first] });
    ask(put);
    expect(replies).toMatchObject([{ type: "stored", version: `${replicas[1]}.1:1` }]);
    expect(sent.filter(({ message }) => message.type === "hint-put")).toMatchObject([
      { node: standIns[0], message: { target: first } },
    ]);
    const alone = clientOf(well, { down: replicas.slice(1) });
    alone.ask(put);
    alone.expire();
    expect(alone.sent.some(({ message }) => message.type === "hint-put")).toBe(true);
    expect(alone.replies).toMatchObject([{ type: "error", code: "timeout" }]);
  });

  test("fails definitely only while nothing was sent: none to be reached, or not ready", () => {
    const { replicas } = clientOf(well);
    const none = clientOf(well, { down: replicas });
    none.ask(put);
    expect(none.replies).toMatchObject([{ type: "error", code: "not-enough-replicas" }]);
    const recovering = clientOf((node, message) =>
      node === replicas[0]
        ? { type: "error", id: message.id, code: "not-ready", message: "" }
        : well(node, message),
    );
    recovering.ask(put);
    expect(recovering.replies).toMatchObject([{ type: "stored", version: `${replicas[1]}.1:1` }]);
  });

  test("is not versioned twice where the first replica is silent: it may have stored it", () => {
    const { ask, expire, sent, replies } = clientOf((node, message) =>
      message.type === "version-put" ? null : well(node, message),
    );
    ask(put);
    expire();
    expect(sent).toHaveLength(1);
    expect(replies).toMatchObject([{ type: "error", code: "timeout" }]);
  });
});

describe("a read that the client routes", () => {
  test("merges the first R replies, and writes back to whom it found behind", () => {
    const { replicas } = clientOf(well);
    const newest = state("n1.1:1");
    const { ask, sent, replies } = clientOf((node, message) =>
      well(node, message, (asked) => (asked === replicas[1] ? newest : null)),
    );
    ask(get);
    expect(replies).toEqual([{ type: "got", id: 2, key: "k", state: newest, context: "n1.1:1" }]);
    expect(
      sent.flatMap(({ node, message }) =>
        message.type === "replica-put" ? [[node, message.cause, message.state]] : [],
      ),
    ).toEqual([
      [replicas[0], "read-repair", newest],
      [replicas[2], "read-repair", newest],
    ]);
  });

  test("repairs nothing where it is told not to, nor replicas that did not reply", () => {
    const { replicas } = clientOf(well);
    const held = (node: string, message: Sent): Received | null =>
      well(node, message, (asked) => (asked === replicas[1] ? state("n1.1:1") : null));
    const off = clientOf(held, { settings: { readRepair: "off" } });
    off.ask(get);
    expect(off.sent.every(({ message }) => message.type === "replica-get")).toBe(true);
    const down = clientOf(held, { down: [replicas[0] ?? ""] });
    down.ask(get);
    expect(
      down.sent.flatMap(({ node, message }) => (message.type === "replica-put" ? [node] : [])),
    ).toEqual([replicas[2]]);
  });

  test("with fewer than R replicas ends at once where they are lost, in time where they are silent", () => {
    const { replicas } = clientOf(well);
    const lost = clientOf(well, { down: replicas.slice(1) });
    lost.ask(get);
    expect(lost.replies).toMatchObject([{ type: "error", code: "timeout" }]);
    const silent = clientOf((node, message) => (node === replicas[0] ? well(node, message) : null));
    silent.ask(get);
    expect(silent.replies).toEqual([]);
    silent.expire();
    expect(silent.replies).toMatchObject([{ type: "error", id: 2, code: "timeout" }]);
  });

  test("its connections are closed once nothing is under way", () => {
    const { ask, router, closed, expire, replicas } = clientOf((node, message) =>
      message.type === "replica-get"
        ? well(node, message, (asked) => (asked === replicas1() ? state("n1.1:1") : null))
        : null,
    );
    ask(get);
    router.close();
    expect(closed).toEqual([]);
    expire();
    expect(closed.sort()).toEqual([...replicas].sort());
  });
});

function replicas1(): string {
  return clientOf(well).replicas[1] ?? "";
}

describe("settings under client routing", () => {
  test.each([
    { quorums: "sloppy", hints: true },
    { readRepair: "blocking" },
    { reads: "digest" },
    { stamps: "quorum" },
  ])("%o contradicts it", (settings) => {
    expect(() => parseSettings({ routing: "client", ...settings })).toThrow(/routing/);
  });
});
