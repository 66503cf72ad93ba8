/**
 * Carries out membership changes on any platform: starts the joining node, asks a member until the change is over, and
 * ends the node that left.
 */
import type { MembershipChange } from "../../generators/index.ts";
import type { ClusterClock } from "./cluster.ts";
import type { Done, PlatformPort } from "./fault-port.ts";
import type { ChangeState } from "./session.ts";

/** Actions that a membership change needs from its platform. */
export interface MembershipActs {
  readonly clock: ClusterClock;
  /** Why the target's membership cannot change, as the end of a sentence. Null if it can change. */
  cannot(): string | null;
  /** Starts a node on an empty disk. */
  start(node: string, done: Done): void;
  /** Ends a node for good. */
  retire(node: string, done: Done): void;
  /** The current nodes. */
  nodes(): readonly string[];
  ask(name: string, change: MembershipChange, done: (state: ChangeState) => void): void;
}

const retryMs = 100;
/**
 * How many requests at most go to the node `through` which the change is to be made. After these, or when that node has
 * left, all nodes are asked in turn. A node that does not know the change yet begins it or refuses it.
 */
const patience = 30;

/** The membership changes of one history. */
export interface Membership {
  readonly port: PlatformPort<MembershipChange>;
  /** Whether a change is under way. */
  readonly changes: boolean;
  /** Forgets all changes. Called at the end of a history. */
  reset(): void;
}

export function createMembership(acts: MembershipActs): Membership {
  let begun = new Set<string>();
  let underWay = new Set<string>();

  const follow = (name: string, change: MembershipChange): void => {
    const mine = underWay;
    let asked = 0;
    const over = (gone: string | null): void => {
      if (gone === null) return void mine.delete(name);
      acts.retire(gone, () => mine.delete(name));
    };
    const ask = (): void => {
      if (mine !== underWay) return;
      const nodes = acts.nodes();
      const through =
        asked++ < patience && nodes.includes(change.through)
          ? change.through
          : nodes[asked % Math.max(1, nodes.length)];
      if (through === undefined) return;
      acts.ask(name, { ...change, through }, (state) => {
        if (mine !== underWay) return;
        if (state.is === "over") over(change.kind === "remove" ? change.node : null);
        else if (state.is === "refused" && !state.again)
          over(change.kind === "add" ? change.node : change.kind === "replace" ? change.by : null);
        else acts.clock.setTimer(retryMs, ask);
      });
    };
    ask();
  };

  const begin = (name: string, change: MembershipChange, done: Done): void => {
    begun.add(name);
    underWay.add(name);
    const mine = underWay;
    const then = (error: Error | null): void => {
      if (error === null && mine === underWay) follow(name, change);
      else mine.delete(name);
      done(error);
    };
    if (change.kind === "add") return acts.start(change.node, then);
    if (change.kind !== "replace") return then(null);
    acts.retire(change.node, (error) =>
      error === null ? acts.start(change.by, then) : then(error),
    );
  };

  return {
    port: {
      cannot: () => acts.cannot(),
      set(wanted, _, done) {
        const fresh = [...wanted].filter(([name]) => !begun.has(name));
        let left = fresh.length;
        let first: Error | null = null;
        if (left === 0) return void acts.clock.setTimer(0, () => done(null));
        for (const [name, change] of fresh)
          begin(name, change, (error) => {
            first ??= error;
            if (--left === 0) done(first);
          });
      },
    },
    get changes() {
      return underWay.size > 0;
    },
    reset() {
      begun = new Set();
      underWay = new Set();
    },
  };
}
