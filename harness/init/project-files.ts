/** The files that `quorate init` writes. */
import { version } from "../version.ts";
import type { ComposeNodes } from "./compose.ts";

/** Where nodes are given by nobody, the usual numbers of small stores. */
const usualPort = 7000;

/** quorate.config.ts for the nodes of a compose file, with a client to be completed. */
export function configFromCompose(name: string, file: string, nodes: ComposeNodes): string {
  const { services, image, port, data, ready, command, environment, peer } = nodes;
  const imageText =
    "name" in image
      ? JSON.stringify(image.name)
      : `{ from: "dockerfile", folder: ${JSON.stringify(image.folder)} }`;
  const commandText =
    command === undefined
      ? '["/usr/local/bin/your-store"], // TODO: the command of a node: the compose file leaves it to the image'
      : `${JSON.stringify(command)},`;
  return `// Proposed by quorate init from ${file}: the services ${services.join(", ")}.
import { defineConfig, definite } from "quorate";

export default defineConfig({
  target: {
    name: ${JSON.stringify(name)},
    version: "1",
    nodes: ${services.length},
    promises: ["durable", "no-thin-air"], // what your store promises: see quorate's docs/configuration.md
    containers: {
      image: ${imageText},
      port: ${port ?? usualPort},${port === undefined ? " // TODO: where a node listens for clients" : ""}
${data === undefined ? "" : `      data: ${JSON.stringify(data)},\n`}      ready: ${JSON.stringify(ready)},
      node: {
        command: ${commandText}
        environment: ${JSON.stringify(environment)},
${peer === undefined ? "" : `        peer: ${JSON.stringify(peer)},\n`}      },
    },
    // TODO: how a client of your store reads and writes a key.
    client: ({ url }) => ({
      async read(key, { signal }) {
        const response = await fetch(\`\${url}/kv/\${key}\`, { signal });
        if (response.status === 404) return null;
        if (response.status !== 200) throw new Error(\`status \${response.status}\`);
        return response.text();
      },
      async write(key, value, { signal }) {
        const { status } = await fetch(\`\${url}/kv/\${key}\`, { method: "PUT", body: value, signal });
        if (status === 503) throw definite("the store refused; nothing was written");
        if (status >= 300) throw new Error(\`status \${status}\`); // nobody knows what it did
      },
    }),
    operations: ["read", "write"],
  },
  faults: ["partition", "kill", "pause"],
  histories: 10,
});
`;
}

/** Where nobody says what to test: the store that comes with quorate, so that everything runs from the first minute. */
export const bundledConfig = `// The store that comes with quorate, in its simulator. Replace it by your own: cp -r node_modules/quorate/examples/own-store .
import { defineConfig } from "quorate";

export default defineConfig({
  target: "bundled",
  on: "sim",
  faults: ["partition", "kill", "pause"],
  histories: 50,
});
`;

/** A workflow of GitHub Actions. */
export const githubWorkflow = `name: quorate
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  quorate:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: npm install
      - run: npx quorate run --seconds 300 --out quorate-runs --junit quorate-junit.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: quorate-runs
          path: |
            quorate-runs
            quorate-junit.xml
`;

/** A pipeline of GitLab, to be included by .gitlab-ci.yml. */
export const gitlabPipeline = `quorate:
  image: node:24
  script:
    - npm install
    - npx quorate run --seconds 300 --out quorate-runs --junit quorate-junit.xml
  artifacts:
    when: always
    expire_in: 30 days
    paths:
      - quorate-runs/
    reports:
      junit: quorate-junit.xml
`;

export const regressionsHead = `# The plans of failures that quorate found here, a token a line. Each run replays them first. Commit this file.
`;

/** Of a project that has none. */
export const packageText = (name: string): string =>
  `${JSON.stringify(
    {
      name,
      private: true,
      type: "module",
      devDependencies: { "fast-check": "^4.10.2", quorate: `^${version}` },
    },
    null,
    2,
  )}\n`;

/** What git must not keep. */
export const ignored = ["node_modules/", "runs/", "quorate-runs/", "quorate-junit.xml"];
