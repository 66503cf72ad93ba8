/** A version of the ring in logs and messages. */
import type { NodeName } from "../host.ts";
import type { Member } from "../settings.ts";

/** The ring's members, and the numbers of replicas and answers that requests need. */
export interface RingShape {
  readonly members: readonly Member[];
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/** The changes that an operator may request. */
export type RingChange =
  | { readonly kind: "add"; readonly node: NodeName }
  /** `dead`: the node will not come back, so no step waits for it. Data that only this node held is lost. */
  | { readonly kind: "remove"; readonly node: NodeName; readonly dead?: true }
  /** `node` is dead for good; `by` takes its points. */
  | { readonly kind: "replace"; readonly node: NodeName; readonly by: NodeName }
  /** The node gets other points. */
  | { readonly kind: "move"; readonly node: NodeName }
  /** Another number of replicas, and with it other quorums. */
  | { readonly kind: "resize"; readonly n: number; readonly r: number; readonly w: number };

export const ringSteps = ["writes", "reads", "drop"] as const;
/** The steps of a change. */
export type RingStep = (typeof ringSteps)[number];

/** A change that is under way. */
export interface ChangeUnderWay {
  /** The operator's name for it. */
  readonly id: string;
  readonly change: RingChange;
  readonly next: RingShape;
  readonly step: RingStep;
  /** The node that takes the steps. */
  readonly driver: NodeName;
}

/** One version of the ring. */
export interface RingState extends RingShape {
  /** Counts the steps of all changes. The state with the higher version is newer. */
  readonly version: number;
  /** The boot that made it. Decides if two nodes begin a change at the same version: the other change is void. */
  readonly maker: string;
  readonly under?: ChangeUnderWay;
  /** Members that the operator declared dead for good. No step waits for them. Absent: none. */
  readonly dead?: readonly NodeName[];
  /** The names of finished changes. A `-` before the name means cancelled. */
  readonly over: readonly string[];
}
