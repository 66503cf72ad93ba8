/** Reports which states this node itself has durable, without asking other nodes. */
import type { Core } from "../core.ts";
import type { ClientReply, ClientRequest } from "../protocol/protocol.ts";
import type { State } from "../versions/records.ts";

/** The keys after `after` in their order, as many as surely fit into a frame. `more` says whether others follow. */
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
    ...(core.rings.view.version === 0 ? {} : { ring: core.rings.view.state }),
    ...(leftovers === 0 ? {} : { leftovers }),
  };
}
