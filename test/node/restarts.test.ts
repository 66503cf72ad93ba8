/** Tests that a restarted node does not take a late reply to its earlier run for a reply to a new request. */
import { expect, test } from "vitest";
import { type Body, createNode, type Message, type NodeWorld } from "../../node/index.ts";

test("a reply to an earlier run of a node is not taken for a reply to this run", () => {
  const replies: Body[] = [];
  const sent: Message[] = [];
  const start = (random: number): ((message: Message) => void) => {
    const world: NodeWorld = {
      isSimulated: true,
      send: (message) => void sent.push(message),
      after: () => ({ cancel: () => {} }),
      nowMs: () => 0,
      wallMs: () => 0,
      random: () => random,
      log: () => {},
      entries: [],
      append: (_, done) => done(),
    };
    const receive = createNode(world, (node) => {
      node.on("ask", () => node.rpc("n2", { type: "fetch" }, (reply) => void replies.push(reply)));
    });
    receive({
      src: "c0",
      dest: "n1",
      body: { type: "init", node_id: "n1", node_ids: ["n1", "n2"] },
    });
    receive({ src: "c1", dest: "n1", body: { type: "ask" } });
    return receive;
  };
  start(0.25);
  const receive = start(0.75);
  const [first = -1, second = -1] = sent.flatMap(({ body }) =>
    body.type === "fetch" ? [body.msg_id ?? -1] : [],
  );
  receive({ src: "n2", dest: "n1", body: { type: "fetch_ok", in_reply_to: first, value: "old" } });
  expect(replies).toEqual([]);
  receive({ src: "n2", dest: "n1", body: { type: "fetch_ok", in_reply_to: second, value: "new" } });
  expect(replies).toMatchObject([{ value: "new" }]);
});
