import { describe, expect, it } from "vitest";
import { type Textbook, textbook } from "../../examples/textbook.ts";
import { bundled, createDockerCluster, createSimCluster } from "../../harness/index.ts";
import { docker } from "../support/docker.ts";

function expectTheTextbook({ before, read, after }: Textbook): void {
  expect(before).toEqual({ n1: "version 7", n2: "version 7", n3: "version 6" });
  expect(read).toBe("version 7");
  expect(after).toEqual({ n1: "version 7", n2: "version 7", n3: "version 7" });
}

describe("the textbook's quorum", () => {
  it("shows in the simulator", async () => {
    const cluster = createSimCluster(bundled);
    expectTheTextbook(await textbook(cluster));
    await cluster.stop();
  });

  it.skipIf(docker.skip)(`shows in containers${docker.reason}`, async () => {
    const cluster = await createDockerCluster(bundled, { nodes: 3, say: () => {} });
    try {
      expectTheTextbook(await textbook(cluster));
    } finally {
      await cluster.stop();
    }
  });
});
