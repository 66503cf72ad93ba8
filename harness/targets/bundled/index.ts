/** The bundled store as a target: its promises, profiles and planted bugs. */
export { bundled } from "./target.ts";
export { profileNames, profiles } from "./profiles/index.ts";
export type { Profile, ProfileName } from "./profiles/index.ts";
export { hintedErrors, hintsKeptWithinMs, hintsLastMs, promises, skewBoundMs } from "./promises.ts";
export { askedQuorums, bundledPlans, openSettings, storeSettings } from "./plans/index.ts";
export { bugs } from "./bugs/index.ts";
export type { PlantedBug } from "./bugs/index.ts";
