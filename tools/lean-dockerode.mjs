// Docker's client without what quorate does not use of it. dockerode depends on ssh2, cpu-features and protobufjs,
// which run scripts when they are installed, for engines over SSH and for BuildKit's sessions; it has no option that
// leaves them out. So dist/docker-client.js has dockerode in it, and users of the package install none of them.
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

/** The build of dist/docker-client.js. */
export const dockerode = {
  entryPoints: { "docker-client": "dockerode" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
  // CommonJS asks for node's own modules by require, which ES modules do not have.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  plugins: [unused],
};

/** Has the rest of quorate load that file in the place of the package. */
export const leanDockerode = {
  name: "lean-dockerode",
  setup(build) {
    build.onResolve({ filter: /^dockerode$/ }, () => ({
      path: "./docker-client.js",
      external: true,
    }));
  },
};
