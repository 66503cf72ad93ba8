/** The workloads txn-list-append and txn-rw-register. */
import type { Json } from "../../../../generators/index.ts";
import { argument, type ClientMessages, listIn, ReplyError, simply } from "./client-messages.ts";

type Step = readonly [f: Json, key: Json, value: Json];

/**
 * Checks that the completed transaction has the requested steps, in which only values of reads are filled in. Returns
 * the completed transaction.
 */
function completed(asked: readonly Step[], answered: readonly Json[]): Json {
  const isSame =
    answered.length === asked.length &&
    answered.every((step, index) => {
      const [f, key, value] = asked[index] as Step;
      return (
        Array.isArray(step) &&
        step.length === 3 &&
        step[0] === f &&
        step[1] === key &&
        (f === "r" || step[2] === value)
      );
    });
  if (isSame) return answered;
  throw new ReplyError(`txn_ok with the steps that were asked for: ${JSON.stringify(asked)}`);
}

export const transactions: ClientMessages = {
  probe: { type: "txn", txn: [["r", 1_000_000, null]] },
  perform: simply(
    (request) => ({ type: "txn", txn: argument(request, "txn") }),
    (reply, request) => ({
      kind: "ok",
      result: completed(
        argument(request, "txn") as unknown as readonly Step[],
        listIn(reply, "txn"),
      ),
    }),
  ),
};
