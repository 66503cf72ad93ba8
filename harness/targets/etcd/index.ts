/** etcd in containers, or as a running cluster. */
export { etcd } from "./target.ts";
