/** Reports which states this node itself has durable, without asking other nodes. */
import type { Core } from "../core.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import type { State } from "../versions/records.ts";

/**
 * Replies with the durable states of this node's keys after `after`, in the order of the keys. The reply has as many as
 * surely fit into half a frame, but at least the first. Keys whose tombstones were dropped are left out. `more` says
 * whether others follow.
 */
export function inspect(
  core: Core,
  { id, after }: ClientRequest & { readonly type: "inspect" },
): ClientReply {
  const held: { readonly key: string; readonly state: State }[] = [];
  for (const { key, durable, reaped } of core.replica.entries()) {
    if (durable !== null && !reaped && (after === undefined || key > after))
      held.push({ key, state: durable });
  }
  const leftovers = core.membership?.leftovers ?? 0;
  held.sort((a, b) => (a.key < b.key ? -1 : 1));
  let bytes = 0;
  let count = 0;
  for (const entry of held) {
    bytes += JSON.stringify(entry).length * 3;
    if (count > 0 && bytes > core.settings.frameBytes / 2) break;
    count++;
  }
  return {
    type: "inspected",
    id,
    entries: held.slice(0, count),
    more: count < held.length,
    ...(core.settings.hints ? { hints: core.hints.count } : {}),
    ...(core.rings.view.name.version === 0 ? {} : { ring: core.rings.view.state }),
    ...(leftovers === 0 ? {} : { leftovers }),
  };
}
