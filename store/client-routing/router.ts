/**
 * The client library under client routing: as in Voldemort, the client knows the ring and talks to the replicas itself.
 * Runs the reads and puts of one client over that client's own connections. The first reachable replica of the
 * preference list (Voldemort's master) gives a put its version. The client then sends the put to the other replicas in
 * parallel, counts acknowledgements, merges the replies to reads and, if read repair is on, repairs stale replicas.
 */
import type { NodeName } from "../host.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import { keyProblem } from "../protocol/requests.ts";
import { healthyParts } from "../parts.ts";
import { preferenceList } from "../placement/ring.ts";
import { Rings } from "../placement/rings.ts";
import type { StoreSettings } from "../settings.ts";
import { type Connect, Links } from "./links.ts";
import { startRead } from "./read.ts";
import { startWrite } from "./write.ts";

/** Calls `fire` after `delayMs` milliseconds of the cluster's clock. */
export type SetTimer = (delayMs: number, fire: () => void) => { cancel(): void };

/** State shared by the parts of one client. */
export interface Routing {
  readonly settings: StoreSettings;
  /** The ring, which stays the same under client routing. */
  readonly rings: Rings;
  readonly links: Links;
  readonly setTimer: SetTimer;
}

export class ClientRouter {
  readonly #routing: Routing;

  constructor(settings: StoreSettings, connect: Connect, setTimer: SetTimer) {
    const rings = new Rings(settings, healthyParts);
    this.#routing = { settings, rings, links: new Links(connect), setTimer };
  }

  /**
   * Runs one read or put. Calls `answer` once, within the request timeout. After a definite error nothing was stored.
   */
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

  /** Lets the requests and repairs that are under way end, and then closes the connections. */
  close(): void {
    this.#routing.links.closeWhenQuiet();
  }
}
