import { etcd } from "../../../../harness/targets/etcd/index.ts";
import { getEtcd } from "../../../../harness/targets/etcd/software.ts";
import { testRealStore } from "../real-store.ts";

await testRealStore({
  target: etcd,
  get: getEtcd,
  workload: "register",
  scenarios: ["stale-serializable"],
});
