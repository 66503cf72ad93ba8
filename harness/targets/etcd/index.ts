/** etcd on real machines. */
export { etcd } from "./target.ts";
