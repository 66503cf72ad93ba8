/** Apache Cassandra in containers, or as a running cluster. */
export { cassandra } from "./target.ts";
