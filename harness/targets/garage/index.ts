/** Garage's K2V on real machines. */
export { garage } from "./target.ts";
