// Bundles dockerode, the client of Docker, without the parts that quorate does not use. dockerode depends on ssh2,
// cpu-features and protobufjs for engines over SSH and for BuildKit's sessions. These packages run scripts when they
// are installed, and dockerode has no option to leave them out. So its code is bundled into dist/docker-client.js, and
// users of quorate install none of them.
const unused = {
  name: "unused-parts-of-dockerode",
  setup(build) {
    build.onLoad({ filter: /[\\/]docker-modem[\\/]lib[\\/]ssh\.js$/ }, () => ({
      contents:
        'module.exports = () => { throw new Error("quorate speaks to no engine over SSH"); };',
    }));
    build.onLoad({ filter: /[\\/]dockerode[\\/]lib[\\/](session|buildkit)\.js$/ }, () => ({
      contents: 'module.exports = () => { throw new Error("quorate uses no BuildKit session"); };',
    }));
  },
};

/** The options for the build of dist/docker-client.js. */
export const dockerode = {
  entryPoints: { "docker-client": "dockerode" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
  // CommonJS code loads modules of Node.js by require, which ES modules do not have.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  plugins: [unused],
};

/** A plugin that makes the rest of quorate load dist/docker-client.js instead of dockerode. */
export const leanDockerode = {
  name: "lean-dockerode",
  setup(build) {
    build.onResolve({ filter: /^dockerode$/ }, () => ({
      path: "./docker-client.js",
      external: true,
    }));
  },
};
