/** The bundled store as a target: its promises, profiles and planted bugs. */
export { profileNames, profiles } from "./profiles/index.ts";
export type { Profile, ProfileName } from "./profiles/index.ts";
export {
  hintedErrors,
  hintsKeptWithinMs,
  hintsLastMs,
  promises,
  skewBoundMs,
  slowSyncMs,
} from "./promises.ts";
export type { PlanFacts, Promises } from "./promises.ts";
export { bugs } from "./bugs/index.ts";
export type { PlantedBug } from "./bugs/index.ts";
