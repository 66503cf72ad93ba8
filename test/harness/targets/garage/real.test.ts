import { garage } from "../../../../harness/targets/garage/index.ts";
import { defaultVersion, getGarage } from "../../../../harness/targets/garage/software.ts";
import { testRealStore } from "../real-store.ts";

await testRealStore({
  target: garage,
  get: (making) => getGarage(defaultVersion, making),
  workload: "siblings",
  scenarios: ["unseen-value", "lost-with-disk"],
});
