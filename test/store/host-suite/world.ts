/** What the suite needs from the environment of a Host. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import type { Host } from "../../../store/index.ts";

/**
 * A cluster of the machines n1, n2 and n3, on which no node runs at first. No node ever listens under the name
 * `nobody`.
 */
export interface HostWorld {
  /**
   * Starts the next boot of a node. Calls `program` with its Host before any message can arrive. Resolves once other
   * nodes can dial it.
   */
  boot(node: string, program: (host: Host) => void): Promise<Host>;
  /** SIGKILL. */
  kill(node: string): Promise<void>;
  /** Empties the disk of a node that was killed. */
  wipe(node: string): void;
  /** Damages the last entry in a log of a node that was killed. */
  tear(node: string, log: string): void;
  evidence(node: string): readonly EvidenceEvent[];
  /** Lets time pass until the condition holds. Rejects if that takes too long. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
}
