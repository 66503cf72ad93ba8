// Tests own-store in containers: three nodes, partitions, kills and pauses. Run it in this folder with: npx quorate run
import { defineConfig, definite } from "quorate";

export default defineConfig({
  target: {
    name: "own-store",
    version: "1",
    nodes: 3,
    promises: ["linearizable", "durable", "no-thin-air", "no-aborted-read", "read-your-writes"],
    requestTimeoutMs: 1500,
    containers: {
      image: "host",
      port: 7000,
      data: "/data",
      files: { "/app/store.mjs": "./store.mjs" },
      ready: { http: "/health" },
      node: ({ name, nodes }) => ({
        command: ["node", "/app/store.mjs"],
        environment: {
          NAME: name,
          DATA: "/data",
          PEERS: nodes.map((node) => `${node.name}=${node.url}`).join(","),
          OWN_STORE_WEAK: process.env.OWN_STORE_WEAK ?? "",
        },
      }),
    },
    client: ({ url }) => ({
      async read(key, { signal }) {
        const response = await fetch(`${url}/kv/${key}`, { signal });
        if (response.status === 404) return null;
        return expectStatus(response, 200);
      },
      async write(key, value, { signal }) {
        await expectStatus(
          await fetch(`${url}/kv/${key}`, { method: "PUT", body: value, signal }),
          204,
        );
      },
      async delete(key, { signal }) {
        await expectStatus(await fetch(`${url}/kv/${key}`, { method: "DELETE", signal }), 204);
      },
    }),
  },
  faults: ["partition", "kill", "pause"],
  histories: 10,
});

/** The store answers 503 only if nothing was written. After any other error the outcome is unknown. */
async function expectStatus(response: Response, status: number): Promise<string> {
  const text = await response.text();
  if (response.status === 503) throw definite(text);
  if (response.status !== status) throw new Error(`status ${response.status}: ${text}`);
  return text;
}
