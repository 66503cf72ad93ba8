export { huntBug, type HuntRow } from "./hunt.ts";
export type { HuntOptions } from "./options.ts";
export { huntable, huntPlans, plainRow, readOwnBug, rowOf } from "./plans.ts";
export { createHuntKeeper } from "./save.ts";
export { huntTable, twinTable } from "./table.ts";
export { huntTeller } from "./words.ts";
export { type Alarm, runProfile, runTwin, shareOut, type TwinRow } from "./twin.ts";
