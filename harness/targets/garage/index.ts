/** Garage's K2V in containers. */
export { garage } from "./target.ts";
