export { huntBug, type HuntRow } from "./hunt.ts";
export type { HuntOptions } from "./options.ts";
export {
  huntable,
  huntedRow,
  huntPlans,
  plainRow,
  readOwnBug,
  rowOf,
  unseenBecause,
} from "./plans.ts";
export { createHuntKeeper } from "./save.ts";
export { huntTable, controlTable } from "./hunt-tables.ts";
export { huntTeller, leftOut } from "./hunt-messages.ts";
export { type Alarm, runProfile, runControl, shareOut, type ControlRow } from "./control-run.ts";
