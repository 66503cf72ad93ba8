/**
 * The four message delays (legs) of WARS, measured in this run by the Host's evidence. A replica replies once the write
 * is applied, so W is the time from sending the request to sending the reply, and A the time until its arrival. R and S
 * are the same for a read.
 */
import type { Legs, Leg } from "./pbs-wars.ts";
import type { ReadRequest, StoreRequest } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

/**
 * Delays in microseconds. Infinity, only in `write` and `read`: no reply to the request arrived, or no request was sent
 * because its replica was unreachable.
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
  /** Null: no reply came. */
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
    } else if (sentUs + slowestUs < endingUs) out.push(Infinity); // Otherwise the final phase's restart may have interrupted it.
  }
  return legs;
}

/**
 * One request for each replica that the operation should reach. Leaves out the final reads, which find idle replicas.
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
    // The replica's own record is lost, so the two legs cannot be separated.
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

/** Draws delays from the measured ones. Null: some leg was never measured. */
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
