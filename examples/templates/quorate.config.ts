/** Runs the templates of this folder on the bundled store. */
import { defineConfig } from "quorate";
import { marked } from "./checker.ts";
import { freezePair } from "./fault.ts";
import { markers } from "./workload.ts";

export default defineConfig({
  target: "bundled",
  on: "sim",
  workload: "markers",
  faults: ["freeze-pair", "partition"],
  histories: 20,
  workloads: [markers],
  checkers: [marked],
  faultKinds: [freezePair],
});
