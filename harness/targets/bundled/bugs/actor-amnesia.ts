/**
 * A replica mints dots under the name of its node, the same at each boot: one that lost its data counts from one again,
 * and its peers, who know those dots, drop the new writes as old ones (riak_kv #679, PR #1643). Must break durable, and
 * siblings-6: a dot is issued twice.
 */
import type { Parts } from "../../../../store/parts.ts";
import { actorName } from "../../../../store/versions/siblings.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, actor: ({ node }) => actorName(node, 1) };
}
