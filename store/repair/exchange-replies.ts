/** Anti-entropy with Merkle trees: the node that answers. */
import type { Core } from "../core.ts";
import { differ, digestsOf, sendCopies } from "./exchange.ts";
import type { NodeName } from "../host.ts";
import type { PeerReply, PeerRequest } from "../protocol/protocol.ts";

type Ask<T extends PeerRequest["type"]> = PeerRequest & { readonly type: T };

export function compareRanges(core: Core, { id, hashes, ring }: Ask<"range-compare">): PeerReply {
  // Two nodes with different rings have different ranges, which cannot be compared.
  const comparable = core.rings.comparesLike(ring);
  const ranges = (comparable ? hashes : [])
    .filter(([range, hash]) => core.replica.tree(range).hash(0, 0) !== hash)
    .map(([range]) => range);
  return { type: "ranges-differ", id, ranges };
}

export function compareTree(
  core: Core,
  { id, range, level, hashes, ring }: Ask<"tree-compare">,
): PeerReply {
  const tree = core.replica.tree(range);
  const indices = (core.rings.comparesLike(ring) ? hashes : [])
    .filter(([index, hash]) => tree.hash(level, index) !== hash)
    .map(([index]) => index);
  return { type: "tree-differs", id, range, level, indices };
}

/**
 * Compares leaves with those of node `from`. Sends `from` the keys that it lacks or holds differently, and asks for the
 * keys that this node lacks or holds differently.
 */
export function compareLeaves(
  core: Core,
  from: NodeName,
  { id, range, leaves, digests, ring }: Ask<"leaf-compare">,
): PeerReply {
  if (!core.rings.comparesLike(ring)) return { type: "leaf-differs", id, range, wanted: [] };
  const theirs = new Map(digests);
  const mine = new Map(digestsOf(core, range, leaves).digests);
  sendCopies(
    core,
    from,
    [...mine].filter(([key, digest]) => differ(theirs.get(key), digest)).map(([key]) => key),
  );
  const wanted = digests
    .filter(([key, digest]) => differ(mine.get(key), digest))
    .map(([key]) => key);
  return { type: "leaf-differs", id, range, wanted };
}
