export { anomaliesOf, attempt, type Attempt, brokenPromises } from "./attempt.ts";
export { runCampaign } from "./campaign.ts";
export type { CampaignOptions, CampaignProgress } from "./options.ts";
export { createRunFolder } from "./run-folder.ts";
export type { WriteUp } from "./write-up.ts";
