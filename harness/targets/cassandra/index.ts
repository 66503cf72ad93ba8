/** Apache Cassandra, run for real. */
export { cassandra } from "./target.ts";
