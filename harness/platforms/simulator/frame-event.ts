/** The event of a frame: node and time, then the flattened content of the frame. */
import type { FrameEvent, FrameSummary } from "../../../checkers/index.ts";

/**
 * Makes the event of a frame: `{ e, atUs, node, boot, seq, peer, ...summary }`, with fields in this order. The code for
 * frequent frames lists the fields one by one, since a spread is slow.
 */
// oxlint-disable-next-line eslint/max-params -- Called for every frame: an object for its arguments would cost more than the rest.
export function frameEvent(
  e: FrameEvent["e"],
  atUs: number,
  node: string,
  boot: number,
  seq: number,
  peer: string,
  summary: FrameSummary,
): FrameEvent {
  switch (summary.frame) {
    case "replica-write": {
      const { trace, request, cause, key, versions, context, hintFor } = summary;
      if (trace === undefined || context !== undefined || hintFor !== undefined) break;
      return {
        e,
        atUs,
        node,
        boot,
        seq,
        peer,
        frame: "replica-write",
        trace,
        request,
        cause,
        key,
        versions,
      };
    }
    case "replica-write-ok": {
      const { trace, request, key } = summary;
      if (trace === undefined) break;
      return { e, atUs, node, boot, seq, peer, frame: "replica-write-ok", trace, request, key };
    }
    case "replica-read": {
      const { trace, request, key } = summary;
      if (trace === undefined) break;
      return { e, atUs, node, boot, seq, peer, frame: "replica-read", trace, request, key };
    }
    case "replica-read-ok": {
      const { trace, request, key, versions, context } = summary;
      if (trace === undefined || context !== undefined) break;
      return {
        e,
        atUs,
        node,
        boot,
        seq,
        peer,
        frame: "replica-read-ok",
        trace,
        request,
        key,
        versions,
      };
    }
    case "client-read-ok":
    case "client-write-ok": {
      const { trace, key, versions, context } = summary;
      if (context !== undefined) break;
      return { e, atUs, node, boot, seq, peer, frame: summary.frame, trace, key, versions };
    }
    case "client-read":
      if (summary.r !== undefined) break;
      return {
        e,
        atUs,
        node,
        boot,
        seq,
        peer,
        frame: "client-read",
        trace: summary.trace,
        key: summary.key,
      };
    case "client-write":
      if (summary.w !== undefined) break;
      return {
        e,
        atUs,
        node,
        boot,
        seq,
        peer,
        frame: "client-write",
        trace: summary.trace,
        key: summary.key,
      };
    default:
  }
  return { e, atUs, node, boot, seq, peer, ...summary };
}
