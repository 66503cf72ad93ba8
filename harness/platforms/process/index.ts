export { killAbandonedNodes } from "./groups.ts";
