/** The operator of a bundled store's cluster: asks a node for a membership change. */
import type { Message } from "../../../store/index.ts";
import type { MembershipChange } from "../../../generators/index.ts";
import type { RingChange } from "../../../store/versions/ring-record.ts";
import { notAnOperation } from "../../platforms/cluster.ts";
import type { ChangeState, ClientNetwork, Connection } from "../../platforms/session.ts";

/** How long the operator waits for a reply, in ms. This is longer than a healthy node takes to record the ring. */
const patienceMs = 1000;

/** Asks a node once for a change. If the node knows the change already, it replies with the change's state. */
export function askForChange(
  network: ClientNetwork<Message>,
  name: string,
  { through, ...change }: MembershipChange,
  done: (state: ChangeState) => void,
): void {
  let answered = false;
  let saidDead = false;
  const finish = (state: ChangeState): void => {
    if (answered) return;
    answered = true;
    timer.cancel();
    connection.close("asked");
    done(state);
  };
  const timer = network.clock.setTimer(patienceMs, () => finish({ is: "unknown" }));
  const connection: Connection<Message> = network.dial("operator", through, {
    open: () =>
      connection.send({
        type: "ring-change",
        id: notAnOperation,
        name,
        change: ringChange(change),
      }),
    message(reply) {
      if (reply.type !== "ring-told") return finish({ is: "unknown" });
      const { ring, problem } = reply;
      if (ring.over.includes(name)) return finish({ is: "over" });
      // Another change that is under way waits for the dead node too, so the operator first declares this node dead.
      if (
        change.kind === "replace" &&
        ring.under !== undefined &&
        ring.under.id !== name &&
        ring.dead?.includes(change.node) !== true &&
        !saidDead
      ) {
        saidDead = true;
        return connection.send({
          type: "ring-change",
          id: notAnOperation,
          name,
          change: { kind: "dead", node: change.node },
        });
      }
      if (problem !== undefined)
        return finish({ is: "refused", why: problem, again: /try again/.test(problem) });
      finish({ is: "under-way" });
    },
    close: () => finish({ is: "unknown" }),
  });
}

/** Casts the change to the ring's form. A removed node still runs, so the field `dead` stays absent. */
const ringChange = (change: Omit<MembershipChange, "through">): RingChange => change as RingChange;
