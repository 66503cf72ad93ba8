/** Translates a version of the bundled store's ring for checkers. */
import type { Placement, RingEvent } from "../../../checkers/index.ts";
import { healthyMembership } from "../../../store/placement/membership-part.ts";
import { preferenceList } from "../../../store/placement/ring.ts";
import { settingsOn } from "../../../store/placement/rings.ts";
import type { StoreSettings } from "../../../store/settings.ts";
import type { RingShape, RingState } from "../../../store/versions/ring-record.ts";

/** Describes a node's version of the ring by the healthy store's rules, whatever bug the nodes run. */
export function ringOf(
  settings: StoreSettings,
  state: RingState,
  keys: readonly string[],
): Omit<RingEvent, "e" | "atUs" | "node"> {
  const placementOf = (shape: RingShape): Placement => {
    const on = settingsOn(settings, shape);
    return {
      n: on.n,
      r: on.r,
      w: on.w,
      preference: Object.fromEntries(keys.map((key) => [key, preferenceList(on, key)])),
    };
  };
  const { version, members, under, dead = [] } = state;
  const left = under?.step === "drop" ? under.next.members : members;
  return {
    version,
    members: [...new Set([...left, ...(under?.next.members ?? [])].map(({ node }) => node))].filter(
      (node) => !dead.includes(node),
    ),
    reads: placementOf(healthyMembership.readShape(state)),
    writes: healthyMembership.writeShapes(state).map(placementOf),
    ...(under === undefined ? {} : { under: `${under.id}, step ${under.step}` }),
  };
}
