/**
 * All nodes issue versions under one actor, as after a copied data directory or a node id from a template. Two nodes
 * give the same dot to different writes (riak_test kv679_uid). The bug must break `siblings-6`, and `siblings-2`: one
 * of the two writes is taken for the other.
 */
import type { Parts } from "../../../../store/parts.ts";
import { actorName } from "../../../../store/versions/siblings.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, actor: () => actorName("n1", 1) };
}
