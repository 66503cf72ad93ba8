import { cassandra } from "../../../../harness/targets/cassandra/index.ts";
import { defaultVersion, getCassandra } from "../../../../harness/targets/cassandra/software.ts";
import { testRealStore } from "../real-store.ts";

await testRealStore({
  target: cassandra,
  get: (making) => getCassandra(defaultVersion, making),
  workload: "register",
  scenarios: ["stale-one", "client-clock"],
});
