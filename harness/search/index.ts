export { featuresOf } from "./features.ts";
export { planSource, type PlanSource, type Search, searches } from "./source.ts";
