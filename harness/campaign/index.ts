export { anomaliesOf, attempt, type Attempt, brokenPromises } from "./attempt.ts";
export { createPool, type Judged, wishesOf } from "./pool.ts";
export { queueOf } from "./queue.ts";
export { runCampaign } from "./campaign.ts";
export {
  type CampaignOptions,
  type CampaignProgress,
  type Keep,
  keeps,
  swarmable,
  swarmableUnderProfile,
} from "./options.ts";
export { mergeCampaigns, type Part } from "./merge.ts";
export { repeat } from "./repeat.ts";
export { type CampaignState, readState, type Resumed } from "./resume.ts";
export { createRunFolder, keptBug, type RunFolder } from "./run-folder.ts";
export { findSmallest } from "./smallest.ts";
export { outcomeTexts } from "./outcome-texts.ts";
export { createTotals, isMostlyUnknown, type Totals } from "./totals.ts";
export { type Kept, type WriteUp, writeUp } from "./write-up.ts";
