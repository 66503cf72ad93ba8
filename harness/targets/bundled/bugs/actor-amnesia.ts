/**
 * A replica issues dots under its node's name, which is the same at each boot. A replica that lost its data counts from
 * one again, and peers that know those dots drop the new writes as old ones (riak_kv #679, PR #1643). The bug must
 * break `durable`, and `siblings-6`: a dot is issued twice.
 */
import type { Parts } from "../../../../store/parts.ts";
import { actorName } from "../../../../store/versions/siblings.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, actor: ({ node }) => actorName(node, 1) };
}
