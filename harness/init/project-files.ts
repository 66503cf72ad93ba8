/** The files that `quorate init` writes. */
import { version } from "../version.ts";
import type { ComposedNodes } from "../config/compose.ts";

/** The port that the configuration gets if the compose file names none. */
const usualPort = 7000;

/** Returns quorate.config.ts for the nodes of a compose file, with a client for the user to complete. */
export function configFromCompose(name: string, file: string, nodes: ComposedNodes): string {
  const { services, image, port } = nodes;
  const imageName = "name" in image ? image.name : `the Dockerfile in ${image.folder}`;
  return `// Proposed by quorate init. The nodes start as ${file} says, also after later changes: image, port, data, readiness, command, environment.
import { defineConfig, definite } from "quorate";

export default defineConfig({
  target: {
    name: ${JSON.stringify(name)},
    version: "1",
    promises: ["durable", "no-thin-air"], // what your store promises: see quorate's docs/configuration.md
    containers: {
      // ${services.length} nodes of ${imageName}. Settings here win over the file: port, data, ready, …
      compose: { file: ${JSON.stringify(file)}, services: ${JSON.stringify(services)} },
${
  port === undefined
    ? `      port: ${usualPort}, // TODO: the port where a node listens for clients; the file neither publishes nor exposes one
`
    : ""
}    },
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

/**
 * The configuration of a project without a compose file. It tests the bundled store, so that it works without changes.
 */
export const bundledConfig = `// The store that comes with quorate, in its simulator. Replace it by your own: cp -r node_modules/quorate/examples/own-store .
import { defineConfig } from "quorate";

export default defineConfig({
  target: "bundled",
  on: "sim",
  faults: ["partition", "kill", "pause"],
  histories: 50,
});
`;

/** A GitHub Actions workflow. */
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

/** A GitLab pipeline that .gitlab-ci.yml can include. */
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

/** Returns package.json for a project that has none. */
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

/** The paths that .gitignore should list. */
export const ignored = ["node_modules/", "runs/", "quorate-runs/", "quorate-junit.xml"];
