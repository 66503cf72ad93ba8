/** Apache Cassandra on real machines. */
export { cassandra } from "./target.ts";
