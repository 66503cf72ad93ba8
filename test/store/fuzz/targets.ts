/** A node that gets frames as text, and must answer each of them as the protocol says. */
import {
  decode,
  errors,
  isPeerRequest,
  type Message,
  type StoreSettings,
  validate,
} from "../../../store/index.ts";
import { FakeWorld } from "../fake-world.ts";

const alone: Partial<StoreSettings> = {
  nodes: 3,
  n: 1,
  r: 1,
  w: 1,
  hints: true,
  frameBytes: 65_536,
};

const answers: Readonly<Partial<Record<Message["type"], Message["type"]>>> = {
  get: "got",
  put: "stored",
  inspect: "inspected",
  "replica-put": "replica-stored",
  "replica-get": "replica-got",
  "hint-put": "hint-stored",
  "stamp-get": "stamp-got",
  "forward-put": "forwarded",
  "reap-ask": "reap-told",
  ping: "pong",
  "range-compare": "ranges-differ",
  "tree-compare": "tree-differs",
  "leaf-compare": "leaf-differs",
};

/** The outcome of a frame that was sent to the node. */
export type Fate = "no message" | "refused" | "done" | "cut off";

export class Target {
  readonly world: FakeWorld;
  readonly #client: ReturnType<FakeWorld["client"]>;
  #peer: ReturnType<FakeWorld["peer"]>;

  constructor(settings: Partial<StoreSettings>) {
    this.world = new FakeWorld({ ...alone, ...settings });
    this.#client = this.world.client("n1");
    this.#peer = this.world.peer("n1", "n2");
  }

  /** Sends a frame as a client. Throws if the node does not behave as it must. */
  asClient(text: string): Fate {
    const decoded = decode(text, this.world.settings.frameBytes);
    if (!decoded.ok) return this.#refusal(decoded.why);
    const { message } = decoded;
    const reply = this.#reply(
      this.#client.replies,
      () => this.#client.send(message as never),
      1500,
    );
    if (reply === undefined) throw new Error(`no reply to ${text}`);
    if (reply.id !== message.id) throw new Error(`the reply to ${message.id} named ${reply.id}`);
    if (reply.type === "error") {
      if (!Object.hasOwn(errors, reply.code)) throw new Error(`an unknown code: ${reply.code}`);
      return "refused";
    }
    if (reply.type !== answers[message.type])
      throw new Error(`${message.type} was answered by ${reply.type}`);
    if (message.type === "put") this.#expectStored(message.key, message.value);
    return "done";
  }

  /** Sends a frame as a peer. Throws if the node does not behave as it must. */
  asPeer(text: string): Fate {
    const decoded = decode(text, this.world.settings.frameBytes);
    // For such a frame, the Host itself closes the link.
    if (!decoded.ok) return this.#refusal(decoded.why);
    const { message } = decoded;
    if (this.#peer.isClosed()) this.#peer = this.world.peer("n1", "n2");
    const peer = this.#peer;
    const expected = isPeerRequest(message) ? answers[message.type] : undefined;
    const reply = this.#reply(
      peer.replies,
      () => peer.send(message),
      expected === undefined ? 2 : 1500,
      () => peer.isClosed(),
    );
    if (reply === undefined && peer.isClosed()) return "cut off";
    if (expected === undefined) {
      if (message.type !== "reap")
        throw new Error(`${message.type} is no request, and the link stays`);
      return "done";
    }
    // A node that has `hintLimit` hints does not answer a further hint.
    if (reply === undefined && message.type === "hint-put") return "refused";
    if (reply?.type !== expected || reply.id !== message.id)
      throw new Error(`${text} was answered by ${JSON.stringify(reply)}`);
    return "done";
  }

  /** Expects that the node still serves, and that it has sent only valid messages. */
  expectAlive(): void {
    const { halted, isUp } = this.world.node("n1");
    if (!isUp || halted !== null) throw new Error(`the node stopped: ${halted ?? "?"}`);
    const reply = this.world.ask("n1", { type: "inspect", id: 7 });
    if (reply.type !== "inspected") throw new Error(`an inspection was answered by ${reply.type}`);
    for (const { from, message } of this.world.frames.splice(0)) this.#expectValid(from, message);
  }

  #refusal(why: string): Fate {
    if (!why.startsWith("expected ") || why.length > 600)
      throw new Error(`no reason for a person: ${why.slice(0, 700)}`);
    return "no message";
  }

  #reply(
    replies: Message[],
    send: () => void,
    mostMs: number,
    stop = () => false,
  ): Message | undefined {
    replies.splice(0);
    send();
    for (let ms = 0; ms < mostMs && replies.length === 0 && !stop(); ms++) this.world.run(1);
    for (const reply of replies) this.#expectValid("n1", reply);
    return replies[0];
  }

  #expectValid(from: string, message: Message): void {
    const problem = validate(message);
    if (problem !== null) throw new Error(`${from} sent ${problem}: ${JSON.stringify(message)}`);
  }

  #expectStored(key: string, value: string | null): void {
    const got = this.#reply(
      this.#client.replies,
      () => this.#client.send({ type: "get", id: 8, key }),
      1500,
    );
    if (got?.type !== "got") throw new Error(`a read was answered by ${got?.type}`);
    const values =
      got.state === null
        ? []
        : got.state.kind === "stamped"
          ? [got.state.value]
          : got.state.siblings.map((sibling) => sibling.value);
    if (!values.includes(value))
      throw new Error(
        `${JSON.stringify(value)} was stored under ${key}, and a read returned ${JSON.stringify(values)}`,
      );
  }
}
