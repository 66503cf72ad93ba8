/** etcd, run for real. */
export { etcd } from "./target.ts";
