export * from "./guarantees.ts";
export type * from "./history.ts";
export type * from "./verdict.ts";
