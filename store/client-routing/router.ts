/**
 * The client library under client routing (Voldemort: the client, not a node, knows the ring and talks to the
 * replicas): reads and puts of one client, over its own connections. A put is versioned by the first replica of the
 * preference list that can be reached (Voldemort's master) and then sent to the others in parallel; acknowledgements
 * are counted and replies merged here, and stale replicas are written back to.
 */
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import { keyProblem } from "../protocol/requests.ts";
import { preferenceList } from "../placement/ring.ts";
import type { StoreSettings } from "../settings.ts";
import { type Connect, Links } from "./links.ts";
import { startRead } from "./read.ts";
import { startWrite } from "./write.ts";

/** A call later than that is told; as of a cluster's clock. */
export type SetTimer = (delayMs: number, fire: () => void) => { cancel(): void };

/** What the pieces of one client share. */
export interface Routing {
  readonly settings: StoreSettings;
  readonly links: Links;
  readonly setTimer: SetTimer;
}

export class ClientRouter {
  readonly #routing: Routing;

  constructor(settings: StoreSettings, connect: Connect, setTimer: SetTimer) {
    this.#routing = { settings, links: new Links(connect), setTimer };
  }

  /** `answer` is called once, within the request timeout. Definite errors: nothing was sent. */
  request(
    request: ClientRequest & { readonly type: "get" | "put" },
    answer: (reply: ClientReply) => void,
  ): void {
    const problem = keyProblem(request.key);
    if (problem !== null)
      return answer({ type: "error", id: request.id, code: "bad-request", message: problem });
    const replicas: readonly NodeName[] = preferenceList(this.#routing.settings, request.key);
    if (request.type === "get") startRead(this.#routing, request, replicas, answer);
    else startWrite(this.#routing, request, replicas, answer);
  }

  /**
   * What is under way, repairs that nobody waits for too, is still carried through; then the connections are closed.
   */
  close(): void {
    this.#routing.links.closeWhenQuiet();
  }
}
