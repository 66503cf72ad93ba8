/** What a Host's environment must offer for its tests. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import type { Host } from "../../../store/index.ts";

/** Machines n1, n2, n3 of one cluster, none of them running. Nobody ever listens under the name `nobody`. */
export interface HostWorld {
  /**
   * Starts the node's next boot. Calls `program` with its Host before anything can arrive. Resolves once it can be
   * dialled.
   */
  boot(node: string, program: (host: Host) => void): Promise<Host>;
  /** SIGKILL. */
  kill(node: string): Promise<void>;
  /** Empties the killed node's disk. */
  wipe(node: string): void;
  /** Damages the last entry of the killed node's log. */
  tear(node: string, log: string): void;
  evidence(node: string): readonly EvidenceEvent[];
  /** Runs time until the condition holds. Rejects if it never does. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
}
