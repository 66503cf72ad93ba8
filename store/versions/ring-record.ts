/** One version of the ring, as logs keep it and messages show it. */
import type { NodeName } from "../host.ts";
import type { Member } from "../settings.ts";

/** Who is on the ring, and how many replicas and answers a request needs. */
export interface RingShape {
  readonly members: readonly Member[];
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/** What an operator may ask for. */
export type RingChange =
  | { readonly kind: "add"; readonly node: NodeName }
  /** `dead`: it will not come back, so nobody waits for it, and what it alone held is lost. */
  | { readonly kind: "remove"; readonly node: NodeName; readonly dead?: true }
  /** `node` is dead for good; `by` takes its points. */
  | { readonly kind: "replace"; readonly node: NodeName; readonly by: NodeName }
  /** The node gets other points. */
  | { readonly kind: "move"; readonly node: NodeName }
  /** Another number of replicas, and with it other quorums. */
  | { readonly kind: "resize"; readonly n: number; readonly r: number; readonly w: number };

export const ringSteps = ["writes", "reads", "drop"] as const;
/** How far a change has come. */
export type RingStep = (typeof ringSteps)[number];

/** A change that is under way. */
export interface ChangeUnderWay {
  /** The operator's name for it. */
  readonly id: string;
  readonly change: RingChange;
  readonly next: RingShape;
  readonly step: RingStep;
  /** Takes the steps. */
  readonly driver: NodeName;
}

/** One version of the ring. */
export interface RingState extends RingShape {
  /** Counts the steps of all changes. Of two states the one of the higher version is newer. */
  readonly version: number;
  /**
   * The boot that made it. Breaks ties between two nodes that begin a change at the same version: one of the two
   * changes never was.
   */
  readonly maker: string;
  readonly under?: ChangeUnderWay;
  /** Members that the operator says are dead for good: nobody waits for them. Absent: none. */
  readonly dead?: readonly NodeName[];
  /** The names of the changes that are over: carried out, or given up (`-` before the name). */
  readonly over: readonly string[];
}
