/**
 * Measures the four message delays (legs) of WARS in this run, by the Host's evidence. A replica replies once it has
 * applied a write. Therefore W is the time from sending the request to sending the reply, and A is the time from then
 * to the reply's arrival. R and S are the same two times for a read.
 */
import type { Legs, Leg } from "./pbs-wars.ts";
import type { ReadRequest, StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

/**
 * The measured delays in microseconds. Infinity, only in `write` and `read`: no reply to the request arrived, or the
 * coordinator sent the replica no request (for example, because the replica was unreachable).
 */
export interface MeasuredLegs {
  readonly write: readonly number[];
  readonly ack: readonly number[];
  readonly read: readonly number[];
  readonly response: readonly number[];
}

interface MeasuredRequest {
  readonly of: "read" | "write";
  readonly sentUs: number;
  /** The delay of the request and that of the reply. Null: no reply came, or the replica got no request. */
  readonly delays: { readonly outUs: number; readonly backUs: number } | null;
}

export function measureLegs(model: Model): MeasuredLegs {
  const requests = model.operations.flatMap((operation) => requestsOf(model, operation));
  const slowestUs = requests.reduce(
    (most, { delays }) => (delays === null ? most : Math.max(most, delays.outUs + delays.backUs)),
    0,
  );
  const endingUs = model.phases.find(({ phase }) => phase === "final-phase")?.atUs ?? Infinity;
  const legs = {
    write: [] as number[],
    ack: [] as number[],
    read: [] as number[],
    response: [] as number[],
  };
  for (const { of, sentUs, delays } of requests) {
    const [out, back] = of === "read" ? [legs.read, legs.response] : [legs.write, legs.ack];
    if (delays !== null) {
      out.push(delays.outUs);
      back.push(delays.backUs);
      // No reply came. Requests that were sent shortly before the final phase are left out, since its restart may have
      // cut them off.
    } else if (sentUs + slowestUs < endingUs) out.push(Infinity);
  }
  return legs;
}

/**
 * One entry for each replica that the operation should reach. Leaves out a replica whose own record of its reply is
 * lost. Empty if no request of the operation is recorded, and for a final read: no load runs beside final reads.
 */
function requestsOf(
  { evidence, rings }: Model,
  { op, f, key, final }: Operation,
): MeasuredRequest[] {
  const of = f === "read" ? f : "write";
  const requests: readonly (StoreRequest | ReadRequest)[] =
    (of === "read"
      ? evidence.readRequests.get(op)
      : evidence.storeRequests.get(op)?.filter(({ cause }) => cause === "write")) ?? [];
  const first = requests[0];
  if (final || first === undefined) return [];
  return (rings.everOwned(key) ?? []).flatMap((replica): MeasuredRequest[] => {
    const request = requests.find(({ peer }) => peer === replica);
    const reply =
      request === undefined
        ? undefined
        : evidence.repliesTo(request).find(({ peer }) => peer === replica);
    if (request === undefined || reply === undefined)
      return [{ of, sentUs: first.atUs, delays: null }];
    const sent = evidence.sendingOf(reply);
    // If the replica's own record of its reply is lost, the delays of request and reply cannot be told apart.
    return sent === undefined
      ? []
      : [
          {
            of,
            sentUs: request.atUs,
            delays: { outUs: sent.atUs - request.atUs, backUs: reply.atUs - sent.atUs },
          },
        ];
  });
}

/** Returns legs that draw their delays at random from the measured ones. Null: some leg was never measured. */
export function legsOf({ write, ack, read, response }: MeasuredLegs): Legs | null {
  if (Math.min(write.length, ack.length, read.length, response.length) === 0) return null;
  return {
    write: drawnFrom(write),
    ack: drawnFrom(ack),
    read: drawnFrom(read),
    response: drawnFrom(response),
  };
}

const drawnFrom =
  (delays: readonly number[]): Leg =>
  (chance) =>
    delays[Math.floor(chance() * delays.length)] as number;
