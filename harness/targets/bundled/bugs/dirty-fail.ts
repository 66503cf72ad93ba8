/**
 * A write that too few replicas confirmed in time gets a definite error, although some replica may have the write. The
 * write may surface later, after its client wrote something else (Jepsen on Aerospike, dirty reads of failed writes).
 * The bug must break `no-aborted-read`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, timeoutCode: () => "not-enough-replicas" };
}
