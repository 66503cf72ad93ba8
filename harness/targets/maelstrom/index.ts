/** Any program that speaks the protocol of Maelstrom (github.com/jepsen-io/maelstrom). */
export { maelstrom } from "./target.ts";
