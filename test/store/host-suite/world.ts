/** What a Host's own world must offer to be tested. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import type { Host } from "../../../store/index.ts";

/** Machines n1, n2, n3 of one cluster, none of them running; `nobody` is a name where nobody ever listens. */
export interface HostWorld {
  /**
   * Starts the node's next boot; `program` is called with its Host before anything can arrive. Resolves once it can be
   * dialled.
   */
  boot(node: string, program: (host: Host) => void): Promise<Host>;
  /** SIGKILL. */
  kill(node: string): Promise<void>;
  /** The killed node's disk is empty from now on. */
  wipe(node: string): void;
  /** Cuts into the last entry of the killed node's log, so that it is not whole any more. */
  tear(node: string, log: string): void;
  evidence(node: string): readonly EvidenceEvent[];
  /** Lets time pass until the condition holds; rejects when it never does. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
}
