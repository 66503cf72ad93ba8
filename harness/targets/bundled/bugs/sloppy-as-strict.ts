/**
 * Fallback nodes count toward a quorum that was promised as strict. A write goes to fallbacks, a read asks other nodes,
 * and the two sets need not overlap (sloppy quorums: Dynamo, 2007, section 4.6; Kleppmann, Designing Data-Intensive
 * Applications, chapter 5). The bug needs more nodes than N. The bug must break `acknowledged` and `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";
import { fallbacks } from "../../../../store/placement/ring.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, fallbacks };
}
