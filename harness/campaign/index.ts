export { anomaliesOf, attempt, type Attempt, brokenPromises } from "./attempt.ts";
export { runCampaign } from "./campaign.ts";
export { type CampaignOptions, type CampaignProgress, swarmable, swarmableUnderProfile } from "./options.ts";
export type { Judged } from "./pool.ts";
export { repeat } from "./repeat.ts";
export { createRunFolder } from "./run-folder.ts";
export { findSmallest } from "./smallest.ts";
export { createTotals, type Totals } from "./totals.ts";
export type { WriteUp } from "./write-up.ts";
