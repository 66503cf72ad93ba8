/** Garage's K2V, run for real. */
export { garage } from "./target.ts";
