export type * from "./campaign.ts";
