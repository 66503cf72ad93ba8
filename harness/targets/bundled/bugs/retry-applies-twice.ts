/**
 * A put that was forwarded to a replica and not answered in time is forwarded to the next replica. The first replica
 * may have stored the put: then one write has two dots and becomes its own sibling (riak_kv #1188). The bug must break
 * `siblings-7`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    forwardAgain: (replicas, tried) => replicas.find((node) => !tried.includes(node)) ?? null,
  };
}
