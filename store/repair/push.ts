/** Sends a key to its owners, to hand it over or to deliver a hint whose target no longer owns it. */
import type { Caller } from "../links/calls.ts";
import type { Core } from "../core.ts";
import type { NodeName } from "../host.ts";
import { syncedWithinMs } from "../settings.ts";
import type { PeerReply } from "../protocol/protocol.ts";
import type { State } from "../versions/records.ts";

/** Sends the state of one key to the nodes `owners`. Each of them confirms once it has the state on disk. */
export class Push implements Caller {
  readonly #core: Core;
  readonly #owners: readonly NodeName[];
  readonly #key: string;
  readonly #state: State;
  readonly #confirmed = new Set<NodeName>();
  readonly #heard: (confirmed: ReadonlySet<NodeName>) => void;
  #call = 0;
  #sinceUs = 0;

  constructor(
    core: Core,
    owners: readonly NodeName[],
    key: string,
    state: State,
    heard: (confirmed: ReadonlySet<NodeName>) => void,
  ) {
    this.#core = core;
    this.#owners = owners;
    this.#key = key;
    this.#state = state;
    this.#heard = heard;
  }

  start(): void {
    const { calls, peers, host } = this.#core;
    this.#call = calls.open(this);
    this.#sinceUs = host.monotonicUs();
    this.#owners.forEach((node, slot) => {
      peers.send(node, {
        type: "replica-put",
        id: this.#call + slot,
        key: this.#key,
        state: this.#state,
        cause: "stream",
        synced: true,
      });
    });
    this.#heard(this.#confirmed);
  }

  end(): void {
    this.#core.calls.close(this.#call);
  }

  /** Whether the push has taken longer than a request and a sync may take. */
  isStuck(): boolean {
    const { host, settings } = this.#core;
    return host.monotonicUs() - this.#sinceUs > syncedWithinMs(settings) * 1000;
  }

  reply(_slot: number, from: NodeName, reply: PeerReply): void {
    if (reply.type !== "replica-stored") return;
    this.#confirmed.add(from);
    this.#heard(this.#confirmed);
  }
}
