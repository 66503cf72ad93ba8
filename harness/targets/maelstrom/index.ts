/** Any program that speaks Maelstrom's protocol (github.com/jepsen-io/maelstrom). */
export { maelstrom } from "./target.ts";
