export type * from "./host.ts";
export type * from "./protocol.ts";
export type * from "./records.ts";
export * from "./errors.ts";
export * from "./settings.ts";
