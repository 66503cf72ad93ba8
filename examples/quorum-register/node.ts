/**
 * A quorum register after Attiya, Bar-Noy and Dolev: every node is a replica of every key, and a majority decides. A
 * read stores its result on a majority before it answers (read repair), so that no later read can miss it.
 *
 * `--stale-reads` breaks it: reads answer from the node's own copy.
 */
import { type Body, errors, type Json, type Message, type Node, runNode } from "quorate/node";

/**
 * Orders writes: the higher counter wins, and with equal counters the later name. Two writes have different stamps,
 * unless two runs of one node draw the same name.
 */
type Stamp = readonly [counter: number, writer: string];

interface Copy {
  readonly value: Json;
  readonly stamp: Stamp;
}

const nothing: Copy = { value: null, stamp: [0, ""] };
const isNewer = ([a, from]: Stamp, [b, than]: Stamp): boolean => a > b || (a === b && from > than);
const staleReads = process.argv.includes("--stale-reads");
const answerWithinMs = 200;

export default runNode((node) => {
  const copies = new Map<string, Copy>();
  // Each run of the node has a random name of its own: a new run does not know how far the last run had counted.
  const run = Math.floor(node.random() * 2 ** 32);
  let counted = 0;
  const copyOf = (key: string): Copy => copies.get(key) ?? nothing;
  const keep = (key: string, copy: Copy): void => {
    if (isNewer(copy.stamp, copyOf(key).stamp)) copies.set(key, copy);
  };
  // Reads the copies that earlier runs of this node stored on disk.
  for (const entry of node.entries) {
    const { key, copy } = entry as unknown as { readonly key: string; readonly copy: Copy };
    keep(key, copy);
  }

  node.on("fetch", (message) => {
    const { value, stamp } = copyOf(keyOf(message));
    node.reply(message, { type: "fetch_ok", value, stamp });
  });

  node.on("store", (message) => {
    const copy = copyIn(message.body);
    // The copy is on disk before the node replies, so that acknowledged writes survive a kill.
    node.append({ key: keyOf(message), copy } as unknown as Json, () => {
      keep(keyOf(message), copy);
      node.reply(message, { type: "store_ok" });
    });
  });

  node.on("read", (message) => {
    const key = keyOf(message);
    const answer = ({ value }: Copy): void => node.reply(message, { type: "read_ok", value });
    if (staleReads) return answer(copyOf(key));
    newest(node, key, {
      done: (copy) =>
        storeEverywhere(node, key, copy, {
          done: () => answer(copy),
          failed: () => unavailable(message),
        }),
      failed: () => unavailable(message),
    });
  });

  node.on("write", (message) => {
    const key = keyOf(message);
    newest(node, key, {
      done: ({ stamp: [counter] }) => {
        // Two writes at this node may have read the same counter, so the node never uses a count twice.
        counted = Math.max(counted, counter) + 1;
        const stamp: Stamp = [counted, `${node.id} ${run}`];
        const copy: Copy = { value: message.body["value"] ?? null, stamp };
        storeEverywhere(node, key, copy, {
          done: () => node.reply(message, { type: "write_ok" }),
          // The outcome is unknown: some nodes may have stored the write, and reads may return it.
          failed: () => node.fail(message, errors.timeout, "no majority stored the value"),
        });
      },
      failed: () => unavailable(message),
    });
  });

  const unavailable = (message: Message): void =>
    node.fail(message, errors.temporarilyUnavailable, "no majority answered");
});

const keyOf = ({ body }: Message): string => JSON.stringify(body["key"]);

const copyIn = (body: Body): Copy => ({
  value: body["value"] ?? null,
  stamp: body["stamp"] as unknown as Stamp,
});

interface Ending<Result> {
  done(result: Result): void;
  failed(): void;
}

/** Ends with the newest copy among the replies of a majority of the nodes. */
function newest(node: Node, key: string, { done, failed }: Ending<Copy>): void {
  askAll(
    node,
    { type: "fetch", key: JSON.parse(key) as Json },
    {
      done: (replies) =>
        done(
          replies
            .map(copyIn)
            .reduce((best, copy) => (isNewer(copy.stamp, best.stamp) ? copy : best), nothing),
        ),
      failed,
    },
  );
}

function storeEverywhere(node: Node, key: string, copy: Copy, ending: Ending<void>): void {
  const body = {
    type: "store",
    key: JSON.parse(key) as Json,
    value: copy.value,
    stamp: copy.stamp,
  };
  askAll(node, body, { done: () => ending.done(), failed: () => ending.failed() });
}

/**
 * Asks all nodes, including this one. Calls `done` with the replies of the first majority, or `failed` if too few nodes
 * reply.
 */
function askAll(node: Node, body: Body, { done, failed }: Ending<readonly Body[]>): void {
  const majority = Math.floor(node.ids.length / 2) + 1;
  const replies: Body[] = [];
  let missing = 0;
  for (const id of node.ids)
    node.rpc(
      id,
      body,
      (reply) => {
        if (reply.type === "error") {
          if (++missing === node.ids.length - majority + 1) failed();
        } else if (replies.push(reply) === majority) done(replies);
      },
      answerWithinMs,
    );
}
