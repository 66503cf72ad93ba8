/** A version of the ring, as in logs and messages. */
import type { NodeName } from "../host.ts";
import type { Member } from "../settings.ts";

/** The ring's members, the number of replicas N, and the default quorums R and W. */
export interface RingShape {
  readonly members: readonly Member[];
  readonly n: number;
  readonly r: number;
  readonly w: number;
}

/** The changes of the ring that an operator may ask for. */
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
/** The steps of a membership change. */
export type RingStep = (typeof ringSteps)[number];

/** A membership change that is under way. */
export interface ChangeUnderWay {
  /** The operator's name for the change. */
  readonly id: string;
  readonly change: RingChange;
  readonly next: RingShape;
  readonly step: RingStep;
  /** The node that takes the next step of the change. */
  readonly driver: NodeName;
}

/** One version of the ring. */
export interface RingState extends RingShape {
  /** Grows by 1 with each new ring. The ring with the higher version is newer. */
  readonly version: number;
  /**
   * The boot that made this version. If two nodes begin a change at the same version, the ring with the higher `maker`
   * wins, and the other change is void.
   */
  readonly maker: string;
  readonly under?: ChangeUnderWay;
  /** Members that an operator declared dead. No step waits for them. Absent if there are none. */
  readonly dead?: readonly NodeName[];
  /** The names of finished changes. A name with `-` before it is that of a cancelled change. */
  readonly over: readonly string[];
}
