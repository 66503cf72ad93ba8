/**
 * A write that too few replicas confirmed in time is answered with a definite error, though it was sent, and some
 * replica has it: it surfaces later, after its client wrote something else in its place (Jepsen on Aerospike, dirty
 * reads of failed writes). Must break no-aborted-read.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, timeoutCode: () => "not-enough-replicas" };
}
