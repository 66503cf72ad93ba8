/**
 * `node dist/examples/textbook.js` runs the textbook's example in the simulator; with the argument `docker`, in
 * containers.
 */
import { bundled, createDockerCluster, createSimCluster } from "../harness/index.ts";
import { textbook } from "./textbook.ts";

const cluster =
  process.argv[2] === "docker"
    ? await createDockerCluster(bundled, { nodes: 3, say: console.log })
    : createSimCluster(bundled);
try {
  const { before, read, after } = await textbook(cluster);
  console.log("n3 is back:      ", before);
  console.log("the reader takes:", read);
  console.log("after its repair:", after);
} finally {
  await cluster.stop();
}
